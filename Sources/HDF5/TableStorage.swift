import CHDF5

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

  static func rowType(stride: Int, at place: Location) throws(HDF5Error) -> Handle {
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
      try requireOwnElements()
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
