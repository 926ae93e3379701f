extension Specification {
  /// Reads the printed form: `magnitude`, `iterative(rounds: 5)`, `layer-wise(output: 0.5, ignoring: [fc3])`. The
  /// version stays `nil`: whoever knows the component knows its version.
  package init(parsing text: String) throws(SpecificationError) {
    var parser = SpecificationParser(text: text, rest: text[...])
    self = try parser.specification()
    try parser.end()
  }
}

/// A recursive descent over the printed form of a specification.
private struct SpecificationParser {
  let text: String
  var rest: Substring
  /// Brackets that are open; a few are all that a component ever has.
  private var depth = 0

  init(text: String, rest: Substring) {
    self.text = text
    self.rest = rest
  }

  mutating func specification() throws(SpecificationError) -> Specification {
    Specification(try word(), version: nil, try fields())
  }

  mutating func end() throws(SpecificationError) {
    skipSpaces()
    guard rest.isEmpty else { throw .unreadable(text, at: position, expected: "the end") }
  }

  private var position: Int { text.distance(from: text.startIndex, to: rest.startIndex) }

  private mutating func skipSpaces() { rest = rest.drop { $0 == " " } }

  private mutating func accept(_ character: Character) -> Bool {
    skipSpaces()
    guard rest.first == character else { return false }
    rest.removeFirst()
    return true
  }

  private mutating func word() throws(SpecificationError) -> String {
    skipSpaces()
    let word = rest.prefix { !" ,:()[]".contains($0) }
    guard !word.isEmpty else { throw .unreadable(text, at: position, expected: "a name or a value") }
    rest = rest.dropFirst(word.count)
    return String(word)
  }

  private mutating func fields() throws(SpecificationError) -> [(name: String, value: Specification.Value)] {
    guard accept("(") else { return [] }
    var fields: [(name: String, value: Specification.Value)] = []
    while !accept(")") {
      if !fields.isEmpty, !accept(",") { throw .unreadable(text, at: position, expected: "a comma or )") }
      let name = try word()
      guard accept(":") else { throw .unreadable(text, at: position, expected: "a colon after \(name)") }
      fields.append((name, try value()))
    }
    return fields
  }

  private mutating func value() throws(SpecificationError) -> Specification.Value {
    guard depth < 20 else { throw .unreadable(text, at: position, expected: "an end to the brackets") }
    depth += 1
    defer { depth -= 1 }
    if accept("[") {
      var values: [Specification.Value] = []
      while !accept("]") {
        if !values.isEmpty, !accept(",") { throw .unreadable(text, at: position, expected: "a comma or ]") }
        values.append(try value())
      }
      return .list(values)
    }
    let word = try word()
    let plain = Self.plain(word)
    guard rest.first == "(" else { return plain }
    // Without fields it would be printed as the number or the flag.
    guard case .text = plain else {
      throw .unreadable(text, at: position, expected: "no bracket behind \(word)")
    }
    return .component(Specification(word, version: nil, try fields()))
  }

  /// What a word is that stands by itself.
  private static func plain(_ word: String) -> Specification.Value {
    if let integer = Int(word) { return .integer(integer) }
    if let number = Double(word), number.isFinite { return .number(number) }
    return switch word {
    case "true": .flag(true)
    case "false": .flag(false)
    default: .text(word)
    }
  }
}
