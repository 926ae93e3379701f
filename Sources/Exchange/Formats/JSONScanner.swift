import CoppiceTensors

/// Takes a JSON text apart, piece by piece, without making values of what is not asked for.
struct JSONScanner {
  private let bytes: [UInt8]
  private var place = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Whether nothing but white space is left.
  var isAtEnd: Bool {
    mutating get {
      skipSpaces()
      return place == bytes.count
    }
  }

  /// The fault of a text that is another than it should be here.
  func fault(_ expected: String) -> HeaderFault {
    HeaderFault("byte \(place) of its header should be \(expected); fetch or save it again")
  }

  /// Takes this character, where it comes next.
  mutating func accept(_ character: Unicode.Scalar) -> Bool {
    skipSpaces()
    guard place < bytes.count, bytes[place] == UInt8(ascii: character) else { return false }
    place += 1
    return true
  }

  /// Takes this character, which must come next.
  mutating func expect(_ character: Unicode.Scalar) throws(HeaderFault) {
    guard accept(character) else { throw fault("\"\(character)\"") }
  }

  /// Takes a list of whole numbers that are not negative.
  mutating func integers(atMost most: Int) throws(HeaderFault) -> [Int] {
    var integers: [Int] = []
    try expect("[")
    while !accept("]") {
      if !integers.isEmpty { try expect(",") }
      guard integers.count < most else { throw fault("the end of a list of \(most) numbers") }
      integers.append(try integer())
    }
    return integers
  }

  private mutating func integer() throws(HeaderFault) -> Int {
    skipSpaces()
    var (value, digits) = (0, 0)
    while place < bytes.count, (0x30...0x39).contains(bytes[place]) {
      value = value.times(10).plus(Int(bytes[place] - 0x30))
      (place, digits) = (place + 1, digits + 1)
    }
    guard digits > 0, value < Int.max else { throw fault("a whole number that can be counted") }
    return value
  }

  /// Takes a quoted text.
  mutating func string() throws(HeaderFault) -> String {
    try expect("\"")
    var text: [UInt8] = []
    while place < bytes.count {
      let byte = bytes[place]
      place += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: text, as: UTF8.self) else {
          throw fault("the end of a text in UTF-8")
        }
        return string
      case UInt8(ascii: "\\"): text += try escaped().utf8
      case 0..<0x20: throw fault("no control character")
      default: text.append(byte)
      }
    }
    throw fault("the end of a text")
  }

  private mutating func escaped() throws(HeaderFault) -> String {
    guard place < bytes.count else { throw fault("an escaped character") }
    place += 1
    switch bytes[place - 1] {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      var units = [try unit()]
      if UTF16.isLeadSurrogate(units[0]) {
        guard place + 1 < bytes.count, bytes[place] == UInt8(ascii: "\\"),
          bytes[place + 1] == UInt8(ascii: "u")
        else { throw fault("the second half of a character") }
        place += 2
        units.append(try unit())
      }
      guard let text = String(validating: units, as: UTF16.self) else { throw fault("a character") }
      return text
    default: throw fault("an escaped character")
    }
  }

  private mutating func unit() throws(HeaderFault) -> UInt16 {
    guard place + 4 <= bytes.count else { throw fault("four hexadecimal digits") }
    var value: UInt16 = 0
    for byte in bytes[place..<(place + 4)] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw fault("four hexadecimal digits")
      }
      value = value << 4 | UInt16(digit)
    }
    place += 4
    return value
  }

  private mutating func skipSpaces() {
    while place < bytes.count {
      switch bytes[place] {
      case 0x20, 0x09, 0x0a, 0x0d: place += 1
      default: return
      }
    }
  }
}
