/// A table: named columns of equal length, one row a record (in the file a compound dataset, as pandas reads
/// it).
package struct HDF5Table: Hashable, Sendable {
  /// The values of one column.
  package enum Values: Hashable, Sendable {
    /// Text, in the file of one fixed length for all rows, in UTF-8.
    case text([String])
    case int64([Int64])
    case int32([Int32])
    case float64([Double])
    case float32([Float])
    case uint8([UInt8])
  }

  /// A column.
  package struct Column: Hashable, Sendable {
    package let name: String
    package let values: Values

    /// A column of this name.
    package init(_ name: String, _ values: Values) {
      self.name = name
      self.values = values
    }
  }

  /// The columns, in order.
  package let columns: [Column]

  /// A table of these columns.
  package init(_ columns: [Column]) { self.columns = columns }

  /// The number of rows.
  package var rowCount: Int { columns.first?.values.count ?? 0 }

  /// The values of a column, or `nil` where there is none of that name.
  package subscript(name: String) -> Values? { columns.first { $0.name == name }?.values }
}

extension HDF5Table.Values {
  /// The number of rows.
  package var count: Int {
    switch self {
    case .text(let values): values.count
    case .int64(let values): values.count
    case .int32(let values): values.count
    case .float64(let values): values.count
    case .float32(let values): values.count
    case .uint8(let values): values.count
    }
  }

  /// The texts, where they are.
  package var texts: [String]? { if case .text(let values) = self { values } else { nil } }

  /// The numbers as Doubles, where they are numbers (64-bit integers beyond 2⁵³ are rounded).
  package var doubles: [Double]? {
    switch self {
    case .text: nil
    case .int64(let values): values.map(Double.init)
    case .int32(let values): values.map(Double.init)
    case .float64(let values): values
    case .float32(let values): values.map(Double.init)
    case .uint8(let values): values.map(Double.init)
    }
  }

  /// The numbers as Ints, where they are whole by type.
  package var integers: [Int]? {
    switch self {
    case .int64(let values): values.map { Int($0) }
    case .int32(let values): values.map { Int($0) }
    case .uint8(let values): values.map { Int($0) }
    default: nil
    }
  }

  /// Bytes a row: for text the longest, at least one.
  var width: Int {
    switch self {
    case .text(let values): max(1, values.map(\.utf8.count).max() ?? 1)
    case .int64, .float64: 8
    case .int32, .float32: 4
    case .uint8: 1
    }
  }

  var number: HDF5Number? {
    switch self {
    case .text: nil
    case .int64: .int64
    case .int32: .int32
    case .float64: .float64
    case .float32: .float32
    case .uint8: .uint8
    }
  }

  /// Puts the values into rows of `stride` bytes, each at `offset`.
  func pack(into rows: UnsafeMutableRawBufferPointer, offset: Int, stride: Int) {
    func store<Element: BitwiseCopyable>(_ values: [Element]) {
      for (row, value) in values.enumerated() {
        rows.storeBytes(of: value, toByteOffset: row * stride + offset, as: Element.self)
      }
    }
    switch self {
    case .text(let values):
      for (row, value) in values.enumerated() {
        for (index, byte) in value.utf8.enumerated() { rows[row * stride + offset + index] = byte }
      }
    case .int64(let values): store(values)
    case .int32(let values): store(values)
    case .float64(let values): store(values)
    case .float32(let values): store(values)
    case .uint8(let values): store(values)
    }
  }

  /// Takes the values out of rows of `stride` bytes; text where `number` is `nil`, of `width` bytes.
  init(
    unpacking rows: [UInt8], count: Int, offset: Int, stride: Int, number: HDF5Number?, width: Int
  ) {
    func load<Element: BitwiseCopyable>(_: Element.Type) -> [Element] {
      rows.withUnsafeBytes { rows in
        (0..<count).map { rows.loadUnaligned(fromByteOffset: $0 * stride + offset, as: Element.self) }
      }
    }
    self =
      switch number {
      case nil:
        .text(
          (0..<count).map { StringBuffer.text(rows[($0 * stride + offset)..<($0 * stride + offset + width)]) }
        )
      case .int64: .int64(load(Int64.self))
      case .int32: .int32(load(Int32.self))
      case .float64: .float64(load(Double.self))
      case .float32: .float32(load(Float.self))
      case .uint8: .uint8(load(UInt8.self))
      }
  }
}
