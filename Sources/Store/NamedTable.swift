/// A table of results that are not rows of the index: what an analysis found. A column is text, whole numbers or numbers;
/// people read it under a title and with a unit.
public struct NamedTable: Hashable, Sendable {
  /// A column: what its values are called, and the values, one a row.
  public struct Column: Hashable, Sendable {
    /// What its values are.
    public let quantity: Quantity
    package let values: ColumnValues

    /// A column of texts, called by its name with spaces where no title is given.
    public init(_ name: String, _ title: String? = nil, texts: [String]) {
      self.init(Quantity(name, title), .texts(texts))
    }

    /// A column of whole numbers.
    public init(_ name: String, _ title: String? = nil, integers: [Int]) {
      self.init(Quantity(name, title, unit: .count), .integers(integers))
    }

    /// A column of numbers, of which those that were not measured are NaN.
    public init(_ quantity: Quantity, numbers: [Double]) { self.init(quantity, .numbers(numbers)) }

    init(_ quantity: Quantity, _ values: ColumnValues) { (self.quantity, self.values) = (quantity, values) }

    /// The name in files.
    public var name: String { quantity.name }

    /// The same column with some of its rows.
    package func taking(_ rows: [Int]) -> Column {
      switch values {
      case .texts(let texts): Column(quantity, .texts(rows.map { texts[$0] }))
      case .integers(let integers): Column(quantity, .integers(rows.map { integers[$0] }))
      case .numbers(let numbers): Column(quantity, .numbers(rows.map { numbers[$0] }))
      }
    }
  }

  /// How the table is drawn: one column against another, a curve for each combination of some more.
  public struct Drawing: Hashable, Sendable {
    /// The column along the horizontal axis. Weights remaining run on a logarithmic axis from 100 % down.
    public var x: String
    /// The column that is drawn; rows of one curve and one x are seeds or pairs, of which the mean is drawn.
    public var y: String
    /// The columns that tell curves apart.
    public var by: [String]
    /// The column of what y would be by chance, drawn as a dashed line; `nil` for none.
    public var reference: String?

    /// The form: curves where nothing else is said.
    public var form = Form.curves
    /// The column of what the cells of a matrix show; `nil` for other forms.
    public var value: String?

    /// What a table is drawn as.
    public enum Form: String, Hashable, Sendable {
      /// Curves of y against x.
      case curves
      /// Curves in small panels, one for each value of the first column of `by`.
      case panels
      /// Shades of a value by rows (y) and columns (x), one matrix for each combination of the columns of `by`.
      case matrix
    }

    /// A drawing of these columns.
    public init(_ y: String, against x: String, by: [String] = [], reference: String? = nil) {
      (self.x, self.y, self.by, self.reference) = (x, y, by, reference)
    }

    /// Curves in small panels, one for each value of a column.
    public init(
      _ y: String, against x: String, inPanelsOf panel: String, by: [String] = [], reference: String? = nil
    ) {
      self.init(y, against: x, by: [panel] + by, reference: reference)
      form = .panels
    }

    /// A matrix of a value, of which the mean over the rows of one cell is shown.
    public init(matrixOf value: String, rows: String, columns: String, by: [String] = []) {
      self.init(rows, against: columns, by: by)
      (form, self.value) = (.matrix, value)
    }
  }

  /// The name in files and on the command line: `mask_overlap`.
  public var name: String
  /// What it is, in a few words: `mask overlap of pairs of trials`.
  public var title: String
  /// What a reader must know of how it was found, in sentences.
  public var description: String
  /// The columns, equally long.
  public var columns: [Column]
  /// `nil` for a table that is not drawn.
  public var drawing: Drawing?

  /// A table of these columns, which must be equally long.
  public init(
    _ name: String, title: String, description: String = "", columns: [Column], drawing: Drawing? = nil
  ) {
    (self.name, self.title, self.description) = (name, title, description)
    (self.columns, self.drawing) = (columns, drawing)
  }

  /// The number of rows.
  public var rowCount: Int { columns.first?.values.count ?? 0 }

  /// The same table with some of its rows.
  package func taking(_ rows: [Int]) -> NamedTable {
    var table = self
    table.columns = columns.map { $0.taking(rows) }
    return table
  }

  /// Whether it is another to the bit; a number that was not measured equals itself.
  package func hasSameBits(as other: NamedTable) -> Bool {
    func bits(_ table: NamedTable) -> NamedTable {
      var table = table
      table.columns = table.columns.map { column in
        guard case .numbers(let values) = column.values else { return column }
        return Column(column.quantity, .integers(values.map { Int(bitPattern: UInt($0.bitPattern)) }))
      }
      return table
    }
    return bits(self) == bits(other)
  }

  /// The column of that name.
  public subscript(name: String) -> Column? { columns.first { $0.name == name } }
}
