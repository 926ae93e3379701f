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
    if rest.first == "(" { return .component(Specification(word, version: nil, try fields())) }
    if let integer = Int(word) { return .integer(integer) }
    if let number = Double(word), number.isFinite { return .number(number) }
    return switch word {
    case "true": .flag(true)
    case "false": .flag(false)
    default: .text(word)
    }
  }
}

/// The fields of a specification that was read, taken out one by one by name and type.
package struct SpecificationReader {
  private let component: String
  private var fields: [(name: String, value: Specification.Value)]
  private var known: [String] = []

  /// A reader of these fields.
  package init(_ specification: Specification) {
    component = specification.name
    fields = specification.fields
  }

  /// A whole number, or the default where the field is not there.
  package mutating func integer(_ name: String, default value: Int? = nil) throws(SpecificationError) -> Int {
    try take(name, "a whole number", default: value) {
      if case .integer(let integer) = $0 { integer } else { nil }
    }
  }

  /// A number, whole or not, or the default where the field is not there.
  package mutating func number(_ name: String, default value: Double? = nil) throws(SpecificationError)
    -> Double
  {
    try take(name, "a number", default: value) { value in
      switch value {
      case .number(let number): number
      case .integer(let integer): Double(integer)
      default: nil
      }
    }
  }

  /// True or false, or the default where the field is not there.
  package mutating func flag(_ name: String, default value: Bool? = nil) throws(SpecificationError) -> Bool {
    try take(name, "true or false", default: value) { if case .flag(let flag) = $0 { flag } else { nil } }
  }

  /// A list of names, or the default where the field is not there.
  package mutating func texts(
    _ name: String, default value: [String]? = nil
  ) throws(SpecificationError) -> [String] {
    try take(name, "a list of names in brackets", default: value) { value in
      if case .list(let values) = value { values.map(\.description) } else { nil }
    }
  }

  /// An amount of training, or the default where the field is not there.
  package mutating func budget(_ name: String, default value: Budget? = nil) throws(SpecificationError)
    -> Budget
  {
    try take(name, "an amount of training as 5000it, 10ep or 0.25", default: value) {
      try? Budget(parsing: $0.description)
    }
  }

  /// A list of numbers, whole or not, or the default where the field is not there.
  package mutating func numberList(
    _ name: String, default value: [Double]? = nil
  ) throws(SpecificationError) -> [Double] {
    try take(name, "a list of numbers in brackets", default: value) { value in
      guard case .list(let values) = value else { return nil }
      let numbers = values.compactMap { Double($0.description) }
      return numbers.count == values.count ? numbers : nil
    }
  }

  /// A component inside this one, `initializer: glorot-normal`, or `nil` where the field is not there.
  package mutating func component(_ name: String) throws(SpecificationError) -> Specification? {
    try take(name, "a component, as name(field: value)", default: .some(nil)) { value in
      switch value {
      case .component(let component): .some(component)
      case .text(let text): .some(Specification(text, version: nil))
      default: nil
      }
    }
  }

  /// Fields of numbers inside one field, `rates(conv1: 0.5)`; none where it is not there.
  package mutating func numbers(_ name: String) throws(SpecificationError) -> [String: Double] {
    try take(name, "numbers by name, as \(name)(fc1: 0.5)", default: [:]) { value in
      guard case .component(let component) = value, component.name == name else { return nil }
      var numbers: [String: Double] = [:]
      for (name, value) in component.fields {
        guard let number = Double(value.description) else { return nil }
        numbers[name] = number
      }
      return numbers
    }
  }

  /// Throws where a field was left that nothing asked for.
  package func end() throws(SpecificationError) {
    guard let field = fields.first else { return }
    throw .unknownField(field.name, of: component, nearest: known.nearest(to: field.name), known: known)
  }

  /// What `read` makes of the value of a field, or the default where the field is not there.
  package mutating func take<Value>(
    _ name: String, _ expected: String, default value: Value?, _ read: (Specification.Value) -> Value?
  ) throws(SpecificationError) -> Value {
    known.append(name)
    guard let index = fields.firstIndex(where: { $0.name == name }) else {
      guard let value else { throw .missingField(name, of: component, expected: expected) }
      return value
    }
    let field = fields.remove(at: index)
    guard let value = read(field.value) else {
      throw .wrongField(name, of: component, found: field.value.description, expected: expected)
    }
    return value
  }
}

/// What is wrong with the text of a component.
public enum SpecificationError: Error, Hashable, CustomStringConvertible {
  /// Not of the form `name(field: value, field: [value, value])`; the position counts characters from 0.
  case unreadable(String, at: Int, expected: String)
  /// A field that the component does not have.
  case unknownField(String, of: String, nearest: String?, known: [String])
  /// A field that the component cannot do without.
  case missingField(String, of: String, expected: String)
  /// A field of another type.
  case wrongField(String, of: String, found: String, expected: String)

  /// The sentence a user reads.
  public var description: String {
    switch self {
    case .unreadable(let text, let position, let expected):
      "\"\(text)\" cannot be read: \(expected) is missing at character \(position + 1); "
        + "write it as name(field: value, field: [value, value])"
    case .unknownField(let field, let component, let nearest, let known):
      "\(component) has no field \(field)" + (nearest.map { "; did you mean \($0)?" } ?? "")
        + (known.isEmpty ? "; it has none" : "; it has " + known.joined(separator: ", "))
    case .missingField(let field, let component, let expected):
      "\(component) needs \(field): write \(component)(\(field): …) with \(expected)"
    case .wrongField(let field, let component, let found, let expected):
      "\(field) of \(component) is \(found), but must be \(expected)"
    }
  }
}
