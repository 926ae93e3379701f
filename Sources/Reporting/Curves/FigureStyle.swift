import CoppiceStore

/// How papers of the field draw a measure against sparsity.
package enum FigureStyle: String, Sendable, CaseIterable {
  /// Weights remaining on a logarithmic axis from 100 % down, with error bars from the smallest to the largest trial. J. Frankle, M. Carbin,
  /// "The lottery ticket hypothesis", ICLR 2019.
  case lth
  /// Compression on a logarithmic axis and the change from the dense network of the same seed, with error bars of one standard deviation.
  /// D. Blalock et al., "What is the state of neural network pruning?", MLSys 2020.
  case shrinkbench

  /// The horizontal axis.
  package var axis: SparsityAxis { self == .lth ? .remaining : .compression }

  /// What stands around a mean where nothing else is asked for.
  package var band: Band { self == .lth ? .minmax : .std }
}

extension CurveSet {
  /// The figure of a metric in a style of the field. The parameters are those of the figure without one.
  package func figure(
    of metric: String = "test_accuracy", in style: FigureStyle, band: Band? = nil, title: String? = nil,
    command: String? = nil, generator: String? = nil
  ) throws(ReportingError) -> LineFigure {
    let band = band ?? style.band
    var figure = try figure(
      of: metric, against: style.axis, band: band, title: title, command: command, generator: generator)
    figure.hasErrorBars = true
    figure.caption = figure.caption.replacing("; band: ", with: "; bars: ")
    guard style == .shrinkbench else { return figure }
    let quantity = Metrics.column(metric).quantity
    for (line, curve) in curves.enumerated() {
      for (place, cell) in curve.cells.enumerated() {
        setChange(of: cell, metric, quantity, band, in: &figure.lines[line].points[place])
      }
    }
    figure.y = Axis(
      label: "Change in \(quantity.title)"
        + (quantity.unit == .fraction ? " (points)" : quantity.unitText.map { " (\($0))" } ?? ""),
      format: figure.y.format)
    figure.baselines = [.init(label: "dense", y: 0)]
    figure.caption += " Changes from the dense network of the same seed."
    return figure
  }

  /// Puts a point where the change of its cell is, the mean of differences paired by seed.
  private func setChange(
    of cell: Cell, _ metric: String, _ quantity: Quantity, _ band: Band, in point: inout LineFigure.Point
  ) {
    let sample = change(of: cell, metric)
    let bounds = band.bounds(of: sample)
    let format = quantity.tableFormat
    (point.y, point.low, point.high) = (sample.mean, bounds?.low, bounds?.high)
    point.note =
      "\(NumberText.trimmed(1 / cell.density, decimals: 1))×: "
      + (sample.mean.map { format.text($0, signed: true) } ?? "no value") + ", n = \(sample.countText)"
  }
}
