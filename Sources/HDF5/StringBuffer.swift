import CHDF5

/// Strings as the library takes and gives them.
struct StringBuffer {
  /// The text where it is the only one: it may be long, and is written from where it lies.
  private let single: String?
  private let bytes: [CChar]
  private let offsets: [Int]

  /// Strings to be written with variable lengths.
  /// - Throws: `HDF5Error` where a string holds a zero character, at which a file would cut it.
  init(_ strings: [String], at location: Location) throws(HDF5Error) {
    if let string = strings.first(where: { $0.utf8.contains(0) }) {
      throw HDF5Error(call: "write", location, "the text \(string.debugDescription) holds a zero character")
    }
    var (bytes, offsets): ([CChar], [Int]) = ([], [])
    if strings.count != 1 {
      bytes.reserveCapacity(strings.reduce(0) { $0 + $1.utf8.count + 1 })
      for string in strings {
        offsets.append(bytes.count)
        bytes.append(contentsOf: string.utf8.lazy.map { CChar(bitPattern: $0) })
        bytes.append(0)
      }
    }
    single = strings.count == 1 ? strings.first : nil
    (self.bytes, self.offsets) = (bytes, offsets)
  }

  /// Calls `body` with one pointer a string.
  func withPointers<Result>(_ body: (UnsafeBufferPointer<UnsafePointer<CChar>?>) -> Result) -> Result {
    if let single {
      return single.withCString { text in
        withUnsafePointer(to: Optional(text)) { body(UnsafeBufferPointer(start: $0, count: 1)) }
      }
    }
    return bytes.withUnsafeBufferPointer { bytes in
      let pointers = offsets.map { offset in bytes.baseAddress.map { $0 + offset } }
      return pointers.withUnsafeBufferPointer(body)
    }
  }

  /// Reads `count` strings of a type in the file, of fixed or variable length.
  /// - Parameters:
  ///   - limit: the most bytes that strings of fixed length may take together.
  ///   - read: reads values of a type in memory into a buffer; gives the call's name and status.
  static func read(
    _ count: Int, type: Handle, space: Handle, limit: Int = 1 << 32, at location: Location,
    _ read: (hid_t, UnsafeMutableRawPointer?) -> (String, herr_t)
  ) throws(HDF5Error) -> [String] {
    guard count > 0 else { return [] }
    var call = ""
    func checked(_ buffer: UnsafeMutableRawPointer?) -> herr_t {
      let (name, status) = read(type.id, buffer)
      call = name
      return status
    }
    guard try Datatype.isVariableLength(type, at: location) else {
      let size = try Datatype.size(of: type, at: location)
      guard [count, size].elementCount.map({ $0 <= limit }) == true else {
        throw HDF5Error(call: "read", location, "bad text length \(size)")
      }
      var bytes = [UInt8](repeating: 0, count: count * size)
      do {
        try Library.call("read", location) { bytes.withUnsafeMutableBytes { checked($0.baseAddress) } }
      } catch {
        throw HDF5Error(call: call, location, error.message)
      }
      return (0..<count).map { text(bytes[($0 * size)..<(($0 + 1) * size)]) }
    }
    var pointers = [UnsafeMutablePointer<CChar>?](repeating: nil, count: count)
    do {
      try Library.call("read", location) { pointers.withUnsafeMutableBytes { checked($0.baseAddress) } }
    } catch {
      throw HDF5Error(call: call, location, error.message)
    }
    defer {
      Library.release {
        pointers.withUnsafeMutableBytes { _ = chdf5_reclaim(type.id, space.id, $0.baseAddress) }
      }
    }
    return pointers.map { $0.map { String(cString: $0) } ?? "" }
  }

  /// The text in a field of fixed length: up to the first zero.
  static func text(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }
}
