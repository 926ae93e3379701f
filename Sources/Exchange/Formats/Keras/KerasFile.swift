import CoppiceTensors

/// Weight files of Keras, which are HDF5: `.weights.h5` of Keras 3 (`layers/dense/vars/0`) and the older `.h5`
/// (`model_weights/dense/dense/kernel:0`). An array's name is its path in the file.
///
/// libhdf5 may crash or hang on a damaged file, so it is not asked. What Keras writes by h5py is a small part of HDF5 (format specification
/// 1.1, superblock 0 and 1): groups as symbol tables, and arrays that lie in one piece. That part is read here, every address held against
/// the size of the file, and each table read at most once.
struct KerasFile {
  static let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]

  private let file: FileBytes
  private var contents = FileContents()
  /// The tables and groups that were read.
  private var visited: Set<Int> = []
  /// Bytes of all names: names, too, take memory.
  private var nameBytes = 0
  /// Bytes that were read: no table is needed twice.
  private var readBytes = 0

  private static let deepest = 64
  private static let longestName = 1024
  /// An address of nothing.
  static let nowhere = -1

  static func contents(of file: FileBytes) throws(ExchangeError) -> FileContents {
    var reader = KerasFile(file: file)
    do throws(HeaderFault) { try reader.readRoot() } catch {
      throw .damaged(path: file.path, format: "Keras", reason: error.reason)
    }
    return reader.contents
  }

  private init(file: FileBytes) { self.file = file }

  private mutating func readRoot() throws(HeaderFault) {
    let head = try fields(min(100, file.count), at: 0)
    guard let version = head.integer(1, at: 8), version < 2 else {
      throw HeaderFault("it is of a newer form of HDF5 than Keras writes; save it by model.save_weights")
    }
    let shift = version == 0 ? 0 : 4
    guard head.integer(1, at: 13) == 8, head.integer(1, at: 14) == 8, head.integer(8, at: 24 + shift) == 0,
      let end = head.integer(8, at: 40 + shift), let root = head.integer(8, at: 64 + shift)
    else { throw HeaderFault("its first block is not what Keras writes; save it by model.save_weights") }
    guard end <= file.count else {
      throw HeaderFault("it says that it has \(end) bytes, and it has \(file.count); fetch or save it again")
    }
    try readObject(at: root, path: "", depth: 0)
  }

  /// Bytes at an address.
  private mutating func fields(_ count: Int, at place: Int) throws(HeaderFault) -> ByteFields {
    guard count >= 0, place >= 0, place <= file.count - count else {
      throw HeaderFault("\(count) bytes at \(place) are not in it; fetch or save it again")
    }
    readBytes = readBytes.plus(count)
    guard readBytes <= file.count.times(2) else {
      throw HeaderFault("parts of it overlap; fetch or save it again")
    }
    do { return ByteFields(try file.bytes(place..<(place + count))) } catch {
      throw HeaderFault("its bytes from \(place) on cannot be read")
    }
  }

  /// A group or an array.
  private mutating func readObject(at place: Int, path: String, depth: Int) throws(HeaderFault) {
    let header = try KerasObject(at: place) { (count: Int, place: Int) throws(HeaderFault) in
      try fields(count, at: place)
    }
    if let table = header.table {
      guard depth < Self.deepest else {
        throw HeaderFault("its groups are nested more than \(Self.deepest) deep")
      }
      try visit(place)
      try readGroup(table, path: path, depth: depth)
    } else if !path.isEmpty {
      try readArray(header, path)
    }
  }

  private mutating func visit(_ place: Int) throws(HeaderFault) {
    guard visited.insert(place).inserted else { throw HeaderFault("two parts of it lie at byte \(place)") }
  }

  // MARK: Groups

  private mutating func readGroup(
    _ table: (tree: Int, heap: Int), path: String, depth: Int
  ) throws(HeaderFault) {
    let heap = try fields(32, at: table.heap)
    try visit(table.heap)
    guard heap.has(Array("HEAP".utf8), at: 0), let size = heap.integer(8, at: 8),
      let start = heap.integer(8, at: 24), size <= file.count
    else { throw HeaderFault("the names of \(title(path)) are damaged") }
    let names = try fields(size, at: start)
    var nodes = [table.tree]
    while let node = nodes.popLast() {
      try visit(node)
      let head = try fields(8, at: node)
      if head.has(Array("TREE".utf8), at: 0) {
        guard head.integer(1, at: 4) == 0, let count = head.integer(2, at: 6) else {
          throw HeaderFault("the table of \(title(path)) is damaged")
        }
        let entries = try fields(16 * count, at: node + 24)
        for entry in (0..<count).reversed() {
          guard let child = entries.integer(8, at: 16 * entry + 8) else {
            throw HeaderFault("the table of \(title(path)) is damaged")
          }
          nodes.append(child)
        }
      } else if head.has(Array("SNOD".utf8), at: 0), let count = head.integer(2, at: 6) {
        let entries = try fields(40 * count, at: node + 8)
        for entry in 0..<count { try readEntry(entries, 40 * entry, names, path, depth) }
      } else {
        throw HeaderFault("the table of \(title(path)) is damaged")
      }
    }
  }

  private mutating func readEntry(
    _ entries: ByteFields, _ place: Int, _ names: ByteFields, _ path: String, _ depth: Int
  ) throws(HeaderFault) {
    guard let offset = entries.integer(8, at: place), let object = entries.integer(8, at: place + 8),
      offset < names.count
    else { throw HeaderFault("an entry of \(title(path)) is damaged") }
    let bytes = names.bytes[offset...].prefix(Self.longestName).prefix { $0 != 0 }
    guard !bytes.isEmpty, bytes.count < Self.longestName,
      let name = String(validating: bytes, as: UTF8.self), !name.contains("/")
    else { throw HeaderFault("a name in \(title(path)) is no text in UTF-8") }
    let inner = path.isEmpty ? name : path + "/" + name
    nameBytes += inner.utf8.count
    guard nameBytes <= file.count else { throw HeaderFault("its names are longer than the file") }
    // A link by name leads elsewhere, perhaps out of the file.
    if entries.integer(4, at: place + 16) == 2 {
      contents.ignored.append(inner)
    } else {
      try readObject(at: object, path: inner, depth: depth + 1)
    }
  }

  private func title(_ path: String) -> String { path.isEmpty ? "its first group" : path }

  // MARK: Arrays

  private mutating func readArray(_ header: KerasObject, _ path: String) throws(HeaderFault) {
    guard let axes = header.axes, let type = header.type, let place = header.place else {
      contents.ignored.append(path)
      return
    }
    guard let shape = Shape(stored: axes) else {
      throw HeaderFault("\(path) has more elements than can be counted")
    }
    let bytes = shape.count.times(type.type.size)
    guard place.size == bytes || bytes == 0 else {
      throw HeaderFault("\(path) of shape \(shape) takes \(bytes) bytes, and \(place.size) are given to it")
    }
    let array = StoredArray(name: path, shape: shape, type: type.type)
    guard bytes > 0 else { return contents.add(array, at: ArrayPlace(ByteBlock(0..<0))) }
    guard place.start != Self.nowhere else { throw HeaderFault("the elements of \(path) were never written") }
    guard place.start >= 0, place.start <= file.count - bytes else {
      throw HeaderFault("\(path) lies behind the end of the file; fetch or save it again")
    }
    contents.add(
      array,
      at: ArrayPlace(ByteBlock(place.start..<(place.start + bytes)), isBigEndian: type.isBigEndian))
  }
}
