import CHDF5

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
  fileprivate var width: Int {
    switch self {
    case .text(let values): max(1, values.map(\.utf8.count).max() ?? 1)
    case .int64, .float64: 8
    case .int32, .float32: 4
    case .uint8: 1
    }
  }

  fileprivate var number: HDF5Number? {
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
  fileprivate func pack(into rows: UnsafeMutableRawBufferPointer, offset: Int, stride: Int) {
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
  fileprivate init(
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

extension HDF5Group {
  /// Writes a table, chunked and extensible as PyTables and so `pandas.read_hdf` expect it.
  @discardableResult
  package func write(_ name: String, _ table: HDF5Table) throws(HDF5Error) -> HDF5Dataset {
    let place = try child(name)
    guard let first = table.columns.first else {
      throw HDF5Error(call: "write", place, "a table needs a column")
    }
    for column in table.columns {
      guard column.values.count == first.values.count else {
        throw HDF5Error(
          call: "write", place,
          "column \(column.name) has \(column.values.count) rows, column \(first.name) \(first.values.count)")
      }
      if let text = column.values.texts?.first(where: { $0.utf8.contains(0) }) {
        throw HDF5Error(call: "write", place, "the text \(text.debugDescription) holds a zero character")
      }
    }
    let stride = table.columns.reduce(0) { $0 + $1.values.width }
    let fileType = try Self.rowType(stride: stride, at: place)
    let memoryType = try Self.rowType(stride: stride, at: place)
    var rows = [UInt8](repeating: 0, count: stride * table.rowCount)
    var offset = 0
    for column in table.columns {
      let (name, width) = (column.name, column.values.width)
      if let number = column.values.number {
        try Library.call("H5Tinsert", place) { H5Tinsert(fileType.id, name, offset, number.fileType) }
        try Library.call("H5Tinsert", place) { H5Tinsert(memoryType.id, name, offset, number.memoryType) }
      } else {
        let text = try Datatype.fixedLengthString(size: width, at: place)
        try Library.call("H5Tinsert", place) { H5Tinsert(fileType.id, name, offset, text.id) }
        try Library.call("H5Tinsert", place) { H5Tinsert(memoryType.id, name, offset, text.id) }
      }
      rows.withUnsafeMutableBytes { column.values.pack(into: $0, offset: offset, stride: stride) }
      offset += width
    }
    let shape = [table.rowCount]
    let list = try HDF5Storage(chunk: [256]).properties(shape: shape, size: stride, growing: true, at: place)
    let space = try Dataspace(shape, growing: true, at: place)
    let dataset = try createDataset(name, type: fileType.id, space: space, list, place)
    if rows.isEmpty { return dataset }
    try Library.call("H5Dwrite", place) {
      H5Dwrite(dataset.handle.id, memoryType.id, hid_t(H5S_ALL), hid_t(H5S_ALL), hid_t(H5P_DEFAULT), rows)
    }
    return dataset
  }

  fileprivate static func rowType(stride: Int, at place: Location) throws(HDF5Error) -> Handle {
    try Handle("H5Tcreate", place, closedBy: H5Tclose) { H5Tcreate(H5T_COMPOUND, stride) }
  }
}

extension HDF5Dataset {
  /// The table in this dataset.
  /// - Throws: `HDF5Error` where it holds none, or a column of a type that Coppice does not write.
  package func readTable() throws(HDF5Error) -> HDF5Table {
    let (type, shape) = (try type, try shape)
    guard try Datatype.content(of: type, at: location) == .table, shape.count == 1 else {
      throw HDF5Error(call: "H5Dread", location, "holds \(try content) of shape \(shape), not a table")
    }
    let memberCount = try Library.call("H5Tget_nmembers", location) { H5Tget_nmembers(type.id) }
    var members: [(member: Member, offset: Int)] = []
    var stride = 0
    for index in 0..<UInt32(memberCount) {
      let member = try member(index, of: type)
      members.append((member, stride))
      stride += member.width
    }
    let count = try plausibleCount(of: shape, size: stride)
    let rowType = try HDF5Group.rowType(stride: stride, at: location)
    for (member, offset) in members {
      try Library.call("H5Tinsert", location) {
        H5Tinsert(rowType.id, member.name, offset, member.number?.memoryType ?? member.type.id)
      }
    }
    var rows = [UInt8](repeating: 0, count: stride * count)
    if count > 0 {
      try Library.call("H5Dread", location) {
        H5Dread(handle.id, rowType.id, hid_t(H5S_ALL), hid_t(H5S_ALL), hid_t(H5P_DEFAULT), &rows)
      }
    }
    return HDF5Table(
      members.map { member, offset in
        HDF5Table.Column(
          member.name,
          HDF5Table.Values(
            unpacking: rows, count: count, offset: offset, stride: stride, number: member.number,
            width: member.width))
      })
  }

  /// A column of a row type; text where `number` is `nil`.
  private struct Member {
    let name: String
    let type: Handle
    let number: HDF5Number?
    let width: Int
  }

  private func member(_ index: UInt32, of row: Handle) throws(HDF5Error) -> Member {
    var name = ""
    try Library.call("H5Tget_member_name", location) {
      guard let pointer = H5Tget_member_name(row.id, index) else { return Int32(-1) }
      name = String(cString: pointer)
      return H5free_memory(pointer)
    }
    let type = try Handle("H5Tget_member_type", location, closedBy: H5Tclose) {
      H5Tget_member_type(row.id, index)
    }
    switch try Datatype.content(of: type, at: location) {
    case .number(let number): return Member(name: name, type: type, number: number, width: number.size)
    case .text where !(try Datatype.isVariableLength(type, at: location)):
      return Member(name: name, type: type, number: nil, width: try Datatype.size(of: type, at: location))
    case let content:
      throw HDF5Error(
        call: "H5Dread", location, "column \(name) holds \(content) that Coppice does not write")
    }
  }
}
