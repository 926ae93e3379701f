/// Where everything of a matrix figure stands, in points from the upper left corner.
struct MatrixLayout {
  static let labelSize = 10.0
  static let numberSize = 9.0
  private static let gap = 14.0

  let title: [String]
  let cellWidth: Double
  let cellHeight: Double
  /// Whether numbers have room in the cells.
  let hasNumbers: Bool
  let rowsLabelled: [Int]
  let columnsLabelled: [Int]
  /// Whether the labels of columns are turned by 45°.
  let isTurned: Bool
  let columnLabelHeight: Double
  let panelTitleHeight: Double
  /// The upper left corners of the panels, titles included. Rows are labelled left of the first ones alone.
  let places: [(left: Double, top: Double)]
  let scaleTop: Double
  let caption: [String]
  let captionTop: Double
  let height: Double
  private let matrixWidth: Double
  private let perRow: Int
  private let count: Int

  init(_ figure: MatrixFigure) {
    let inner = figure.width - 2 * FigureLayout.margin
    title = TextWidth.wrap(figure.title, size: FigureLayout.titleSize, width: inner, bold: true)
    let (rows, columns) = (Double(max(1, figure.rows.count)), Double(max(1, figure.columns.count)))
    let isImage = figure.rows.count > 14 && figure.columns.count > 14
    // Rows that are too low for their labels have only some of them, whose widths all take part.
    let widestRow = figure.rows.map { TextWidth.of($0, size: Self.labelSize) }.max() ?? 0
    let titleRoom = figure.rowTitle.isEmpty ? 0 : Self.labelSize + 6
    let rowLabelWidth = min(widestRow, inner * 0.5) + 7 + titleRoom
    let widestNumber =
      figure.panels.flatMap {
        $0.values.flatMap { $0.map { TextWidth.of($0.map(figure.text) ?? "–", size: Self.numberSize) } }
      }
      .max() ?? 0
    let wanted = isImage || figure.columns.count > 24 ? 3.6 : widestNumber + 4
    // As many panels side by side as have room for cells of that width.
    func cell(_ count: Int) -> Double {
      ((inner - rowLabelWidth + Self.gap) / Double(count) - Self.gap) / columns
    }
    perRow = (1...max(1, min(4, figure.panels.count))).last { cell($0) >= wanted } ?? 1
    cellWidth = max(1, min(cell(perRow), isImage ? 12 : 44))
    cellHeight = isImage ? cellWidth : figure.rows.count > 24 ? max(6, 300 / rows) : 20
    hasNumbers = !isImage && cellWidth >= widestNumber + 3 && cellHeight >= 12
    rowsLabelled = Self.labelled(figure.rows.count, every: Self.labelSize + 1, of: cellHeight)
    let widestColumn = figure.columns.map { TextWidth.of($0, size: Self.labelSize) }.max() ?? 0
    isTurned = widestColumn + 4 > cellWidth && cellWidth >= 11 && figure.columns.count <= 24
    columnsLabelled =
      isTurned || widestColumn + 4 <= cellWidth
      ? Array(figure.columns.indices)
      : Self.labelled(figure.columns.count, every: widestColumn + 8, of: cellWidth)
    columnLabelHeight = isTurned ? (widestColumn + Self.labelSize) * 0.7072 + 8 : Self.labelSize + 7
    let matrixWidth = columns * cellWidth
    self.matrixWidth = matrixWidth
    let titles = figure.panels.map { Self.wrap(figure.title(of: $0), matrixWidth).count }
    let panelTitleHeight = Double(titles.max() ?? 0) * 13 + 3
    self.panelTitleHeight = panelTitleHeight
    let panelHeight = panelTitleHeight + rows * cellHeight
    let top = FigureLayout.margin + Double(title.count) * (FigureLayout.titleSize + 4) + 6
    var places: [(left: Double, top: Double)] = []
    for index in figure.panels.indices {
      places.append(
        (
          FigureLayout.margin + rowLabelWidth + Double(index % perRow) * (matrixWidth + Self.gap),
          top + Double(index / perRow) * (panelHeight + 10)
        ))
    }
    self.places = places
    self.count = figure.panels.count
    scaleTop =
      (places.last?.top ?? top) + panelHeight + columnLabelHeight
      + (figure.columnTitle.isEmpty ? 0 : Self.labelSize + 4) + 10
    caption = TextWidth.wrap(figure.caption, size: FigureLayout.captionSize, width: inner)
    captionTop = scaleTop + 9 + 8
    height =
      (captionTop + Double(caption.count) * (FigureLayout.captionSize + 4) + FigureLayout.margin).rounded(.up)
  }

  /// The title of a panel in lines that do not reach into the next one.
  func panelTitle(_ text: String) -> [String] { Self.wrap(text, matrixWidth) }

  /// Whether a panel is the first of its line, beside which rows are labelled.
  func isFirst(_ panel: Int) -> Bool { panel % perRow == 0 }

  /// Whether no panel stands below one, so that its columns are labelled.
  func isLast(_ panel: Int) -> Bool { panel + perRow >= count }

  private static func wrap(_ text: String, _ width: Double) -> [String] {
    TextWidth.wrap(text, size: labelSize, width: max(width, 60))
  }

  /// Every so many, that labels of a size do not touch.
  private static func labelled(_ count: Int, every size: Double, of cell: Double) -> [Int] {
    let step = max(1, Int((size / cell).rounded(.up)))
    return Array(stride(from: 0, to: count, by: step))
  }
}
