import CoppiceTensors

/// Takes the header of an array of NumPy apart: a Python dictionary of texts, truth values and tuples of whole numbers.
struct PythonScanner {
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

  private func fault(_ expected: String) -> HeaderFault {
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

  /// Takes a quoted text without escapes. A list in its place is the type of a table.
  mutating func text() throws(HeaderFault) -> String {
    if accept("[") { throw HeaderFault("it is a table and no array of numbers; save its columns one by one") }
    skipSpaces()
    guard place < bytes.count, bytes[place] == UInt8(ascii: "'") || bytes[place] == UInt8(ascii: "\"") else {
      throw fault("a quoted text")
    }
    let quote = bytes[place]
    guard let end = bytes[(place + 1)...].firstIndex(of: quote),
      let text = String(validating: bytes[(place + 1)..<end], as: UTF8.self), !text.contains("\\")
    else { throw fault("a quoted text") }
    place = end + 1
    return text
  }

  /// Takes `True` or `False`.
  mutating func flag() throws(HeaderFault) -> Bool {
    skipSpaces()
    for (word, value) in [("True", true), ("False", false)] where bytes[place...].starts(with: word.utf8) {
      place += word.utf8.count
      return value
    }
    throw fault("True or False")
  }

  /// Takes a tuple of whole numbers that are not negative.
  mutating func tuple(atMost most: Int) throws(HeaderFault) -> [Int] {
    var integers: [Int] = []
    try expect("(")
    while !accept(")") {
      guard integers.count < most else { throw fault("the end of at most \(most) numbers") }
      integers.append(try integer())
      if !accept(",") {
        try expect(")")
        break
      }
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
    // Python 2 wrote long numbers with a letter.
    if place < bytes.count, bytes[place] == UInt8(ascii: "L") { place += 1 }
    return value
  }

  private mutating func skipSpaces() {
    while place < bytes.count, bytes[place] == 0x20 || (0x09...0x0d).contains(bytes[place]) { place += 1 }
  }
}
