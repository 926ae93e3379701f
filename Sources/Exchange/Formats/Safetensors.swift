import CoppiceTensors

/// Files of safetensors (https://huggingface.co/docs/safetensors).
///
/// Eight bytes say how long the header is, lowest first. The header is a JSON object: by name each array's type, shape and place, and
/// texts under `__metadata__`. The elements follow, row-major, lowest byte first, without gaps and overlaps.
enum Safetensors {
  /// The name under which the header keeps texts.
  static let metadataName = "__metadata__"
  /// The longest header that the library reads.
  static let longestHeader = 100_000_000

  /// The types by their names in headers.
  static let types: [(name: String, type: ArrayType)] = [
    ("BOOL", .bool), ("I8", .int8), ("U8", .uint8), ("I16", .int16), ("U16", .uint16), ("I32", .int32),
    ("U32", .uint32), ("I64", .int64), ("U64", .uint64), ("F16", .float16), ("BF16", .bfloat16),
    ("F32", .float32), ("F64", .float64),
  ]

  /// Whether a file begins as one of these: with the length of a header, and a brace.
  static func isRecognised(_ beginning: [UInt8]) -> Bool {
    guard beginning.count > 8, beginning[8] == UInt8(ascii: "{") else { return false }
    return headerLength(beginning) != nil
  }

  private static func headerLength(_ beginning: [UInt8]) -> Int? {
    let length = beginning.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return Int(exactly: length)
  }

  static func contents(of file: FileBytes) throws(ExchangeError) -> FileContents {
    func damaged(_ reason: String) -> ExchangeError {
      .damaged(path: file.path, format: "safetensors", reason: reason)
    }
    let length = headerLength(try file.beginning(8)) ?? .max
    guard length <= file.count - 8 else {
      throw damaged(
        "its header of \(length) bytes is longer than the file; it is cut off: fetch or save it again")
    }
    guard length <= longestHeader else {
      throw damaged("its header of \(length) bytes is longer than the \(longestHeader) that are read")
    }
    var header = SafetensorsHeader(try file.bytes(8..<(8 + length)))
    do throws(HeaderFault) { try header.read() } catch { throw damaged(error.reason) }
    let start = 8 + length
    var end = 0
    var contents = FileContents()
    contents.metadata = header.metadata
    for entry in header.entries {
      let array = StoredArray(name: entry.name, shape: entry.shape, type: entry.type)
      let place = ByteBlock((start.plus(entry.begin))..<(start.plus(max(entry.begin, entry.end))))
      contents.add(array, at: ArrayPlace(place))
    }
    // Arrays of no elements have no place that could be wrong, but for their order among the others.
    for entry in header.entries.sorted(by: { ($0.begin, $0.end) < ($1.begin, $1.end) }) {
      let name = entry.name
      guard entry.begin <= entry.end, entry.end <= file.count - start else {
        throw damaged(
          "\(name) lies at bytes \(entry.begin) to \(entry.end) of \(file.count - start); fetch or save it again"
        )
      }
      let bytes = entry.shape.count.times(entry.type.size)
      guard entry.end - entry.begin == bytes else {
        throw damaged(
          "\(name) of shape \(entry.shape) takes \(bytes) bytes, and \(entry.end - entry.begin) are given to it"
        )
      }
      guard entry.begin == end else {
        throw damaged(
          entry.begin < end
            ? "\(name) overlaps the array before it"
            : "\(entry.begin - end) bytes before \(name) are nobody's")
      }
      end = entry.end
    }
    guard end == file.count - start else {
      throw damaged("\(file.count - start - end) bytes at its end are nobody's")
    }
    return contents
  }
}
