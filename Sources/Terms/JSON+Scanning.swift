extension JSON {
  /// Where the members of an object stand in a long text, so that what is not asked for need not be read: values are stepped over.
  ///
  /// - Parameters:
  ///   - bytes: JSON in UTF-8.
  ///   - range: where in it the object stands.
  /// - Returns: the members in order, each with the place of its value; `nil` where there is no object.
  package static func members(
    of bytes: [UInt8], in range: Range<Int>
  ) -> [(name: String, value: Range<Int>)]? {
    bytes.withUnsafeBufferPointer { buffer in
      var scan = JSONScan(bytes: buffer, place: range.lowerBound, end: min(range.upperBound, buffer.count))
      return scan.members()
    }
  }
}

/// Steps over JSON values.
private struct JSONScan {
  let bytes: UnsafeBufferPointer<UInt8>
  var place: Int
  let end: Int

  mutating func members() -> [(name: String, value: Range<Int>)]? {
    guard accept(UInt8(ascii: "{")) else { return nil }
    var members: [(name: String, value: Range<Int>)] = []
    while !accept(UInt8(ascii: "}")) {
      if !members.isEmpty, !accept(UInt8(ascii: ",")) { return nil }
      skipSpaces()
      let start = place
      guard skipText() else { return nil }
      let name = text(start..<place)
      guard accept(UInt8(ascii: ":")) else { return nil }
      skipSpaces()
      let value = place
      guard skipValue(), place > value else { return nil }
      members.append((name, value..<place))
    }
    return members
  }

  /// A text in quotes as it reads.
  private func text(_ range: Range<Int>) -> String {
    let quoted = bytes[range]
    if quoted.contains(UInt8(ascii: "\\")),
      case .text(let text)? = JSON(parsing: String(decoding: quoted, as: UTF8.self))
    {
      return text
    }
    return String(decoding: quoted.dropFirst().dropLast(), as: UTF8.self)
  }

  private mutating func skipValue() -> Bool {
    var depth = 0
    while place < end {
      switch bytes[place] {
      case UInt8(ascii: "\""):
        guard skipText() else { return false }
        if depth == 0 { return true }
        continue
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if depth == 0 { return true }
        depth -= 1
        if depth == 0 {
          place += 1
          return true
        }
      case UInt8(ascii: ",") where depth == 0: return true
      default: break
      }
      place += 1
    }
    return depth == 0
  }

  private mutating func skipText() -> Bool {
    guard place < end, bytes[place] == UInt8(ascii: "\"") else { return false }
    place += 1
    while place < end, bytes[place] != UInt8(ascii: "\"") {
      place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1
    }
    guard place < end else { return false }
    place += 1
    return true
  }

  private mutating func accept(_ letter: UInt8) -> Bool {
    skipSpaces()
    guard place < end, bytes[place] == letter else { return false }
    place += 1
    return true
  }

  private mutating func skipSpaces() {
    while place < end, bytes[place] == 0x20 || (0x09...0x0D).contains(bytes[place]) { place += 1 }
  }
}
