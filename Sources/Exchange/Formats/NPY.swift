import CoppiceTensors

/// Arrays of NumPy (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
///
/// Six bytes of magic, a version, the length of a header, and the header: a Python dictionary of an element type, an order and a shape.
/// The elements follow, in either byte order, row-major or column-major. Objects, which would be pickles, are refused.
enum NPY {
  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// Types by their names in headers, without the byte order.
  static let types: [(name: String, type: ArrayType)] = [
    ("b1", .bool), ("i1", .int8), ("u1", .uint8), ("i2", .int16), ("u2", .uint16), ("i4", .int32),
    ("u4", .uint32), ("i8", .int64), ("u8", .uint64), ("f2", .float16), ("f4", .float32), ("f8", .float64),
  ]

  /// Such a header is never longer: it has at most 64 extents.
  private static let longestHeader = 1 << 16

  /// What a header says.
  struct Header: Equatable {
    let shape: Shape
    let type: ArrayType
    let isBigEndian: Bool
    let isColumnMajor: Bool
    /// Bytes before the first element.
    let count: Int
  }

  /// The bytes that a header has, from its first twelve.
  static func headerCount(_ beginning: [UInt8]) throws(HeaderFault) -> Int {
    let fields = ByteFields(beginning)
    guard fields.has(magic, at: 0), let version = fields.integer(1, at: 6) else {
      throw HeaderFault("it does not begin as an array of NumPy")
    }
    guard (1...3).contains(version) else {
      throw HeaderFault(
        "it is of version \(version) of the format, and 1 to 3 are read; save it by numpy.save")
    }
    let start = version == 1 ? 10 : 12
    guard let length = fields.integer(start - 8, at: 8), length <= longestHeader else {
      throw HeaderFault("the length of its header cannot be")
    }
    return start + length
  }

  /// Reads a header.
  static func header(_ bytes: [UInt8]) throws(HeaderFault) -> Header {
    let count = try headerCount(bytes)
    guard count <= bytes.count else { throw HeaderFault("its header is cut off") }
    var scanner = PythonScanner(Array(bytes[(bytes[6] == 1 ? 10 : 12)..<count]))
    var (descr, order, shape): (String?, Bool?, Shape?)
    try scanner.expect("{")
    while !scanner.accept("}") {
      let key = try scanner.text()
      try scanner.expect(":")
      switch key {
      case "descr" where descr == nil: descr = try scanner.text()
      case "fortran_order" where order == nil: order = try scanner.flag()
      case "shape" where shape == nil:
        shape = Shape(stored: try scanner.tuple(atMost: 64))
        if shape == nil { throw HeaderFault("its shape has more elements than can be counted") }
      default: throw HeaderFault("its header has a field \(key) that is not known here")
      }
      if !scanner.accept(",") {
        try scanner.expect("}")
        break
      }
    }
    guard scanner.isAtEnd, let descr, let order, let shape else {
      throw HeaderFault("its header is not a type, an order and a shape")
    }
    let (type, isBigEndian) = try type(descr)
    return Header(shape: shape, type: type, isBigEndian: isBigEndian, isColumnMajor: order, count: count)
  }

  private static func type(_ descr: String) throws(HeaderFault) -> (ArrayType, isBigEndian: Bool) {
    let name = descr.dropFirst()
    if name.hasPrefix("O") {
      throw HeaderFault("it holds Python objects, which would have to be executed; save it as numbers")
    }
    guard let order = descr.first, "<>|=".contains(order),
      let type = types.first(where: { $0.name == name })?.type
    else {
      throw HeaderFault(
        "it is of the type \(descr), and known are " + types.map(\.name).joined(separator: ", ")
          + "; save it as one of these")
    }
    return (type, order == ">" && type.size > 1)
  }

  /// The place of the elements in a block that begins with a header.
  /// - Throws: `HeaderFault` where the block has other bytes than the header says.
  static func place(_ header: Header, in block: ByteBlock) throws(HeaderFault) -> ArrayPlace {
    let bytes = header.shape.count.times(header.type.size)
    guard block.size - header.count == bytes else {
      throw HeaderFault(
        "an array of shape \(header.shape) takes \(bytes) bytes, and \(block.size - header.count) follow its header"
      )
    }
    guard header.isColumnMajor, bytes > 0 else {
      return ArrayPlace(block, start: header.count, isBigEndian: header.isBigEndian)
    }
    // Along the first axis neighbours touch; along each other one lie all elements of those before it.
    var strides: [Int] = []
    for extent in header.shape.axes.dropLast() { strides.append((strides.last ?? 1) * extent) }
    return ArrayPlace(
      block, start: header.count, shape: header.shape, strides: [1] + strides,
      isBigEndian: header.isBigEndian)
  }

  /// The one array of a file, which has no name of its own.
  static func contents(of file: FileBytes) throws(ExchangeError) -> FileContents {
    let beginning = try file.beginning(12 + longestHeader)
    var contents = FileContents()
    do throws(HeaderFault) {
      let header = try header(beginning)
      contents.add(
        StoredArray(name: "array", shape: header.shape, type: header.type),
        at: try place(header, in: ByteBlock(0..<file.count)))
    } catch { throw .damaged(path: file.path, format: "npy", reason: error.reason) }
    return contents
  }
}
