// What fields hold, one kind a method. Each gives the default where the field is not there, or throws where there is none.

extension SpecificationReader {
  /// How many units, heads or channels there may be. Beyond it a number is a slip of the pen: no such network fits in memory.
  package static let possibleCounts = 1...65_536

  /// How many layers or blocks a part of a network may have.
  package static let possibleDepths = 1...1_000

  /// How many rounds a schedule may have. Nobody trains more.
  package static let possibleRounds = 1...1_000

  /// True or false.
  public mutating func flag(_ name: String, default value: Bool? = nil) throws(SpecificationError) -> Bool {
    try take(name, "true or false", default: value) { if case .flag(let flag) = $0 { flag } else { nil } }
  }

  /// A whole number of a kind: `fields.integer("rounds", .rounds)`.
  public mutating func integer(
    _ name: String, _ rule: NumberRule<Int>, default value: Int? = nil
  ) throws(SpecificationError) -> Int {
    try take(name, rule.words + example(value), default: value) { $0.integer(rule) }
  }

  /// A whole number, in a range where there is one.
  public mutating func integer(
    _ name: String, in range: ClosedRange<Int>? = nil, default value: Int? = nil
  ) throws(SpecificationError) -> Int {
    try integer(name, .whole(in: range), default: value)
  }

  /// A number of units, heads or channels.
  public mutating func count(_ name: String, default value: Int? = nil) throws(SpecificationError) -> Int {
    try integer(name, .count, default: value)
  }

  /// A seed: any whole number, as the 64 bits it stands for.
  public mutating func seed(_ name: String, default value: UInt64? = nil) throws(SpecificationError)
    -> UInt64
  {
    UInt64(bitPattern: Int64(try integer(name, default: value.map { Int(Int64(bitPattern: $0)) })))
  }

  /// A number of a kind, whole or not: `fields.number("weight-decay", .nonNegative)`.
  public mutating func number(
    _ name: String, _ rule: NumberRule<Double>, default value: Double? = nil
  ) throws(SpecificationError) -> Double {
    try take(name, rule.words + example(value), default: value) { $0.number(rule) }
  }

  /// A finite number, whole or not, in a range where there is one.
  public mutating func number(
    _ name: String, in range: ClosedRange<Double>? = nil, default value: Double? = nil
  ) throws(SpecificationError) -> Double {
    try number(name, .number(in: range), default: value)
  }

  /// A finite number above 0.
  public mutating func positive(
    _ name: String, default value: Double? = nil
  ) throws(SpecificationError) -> Double {
    try number(name, .positive, default: value)
  }

  /// A number from 0 up to but not including 1.
  public mutating func share(
    _ name: String, default value: Double? = nil
  ) throws(SpecificationError) -> Double {
    try number(name, .share, default: value)
  }

  /// A text of one word.
  public mutating func text(_ name: String, default value: String? = nil) throws(SpecificationError)
    -> String
  {
    try take(name, "a word", default: value) { if case .text(let text) = $0 { text } else { nil } }
  }

  /// An amount of training.
  public mutating func budget(
    _ name: String, default value: Budget? = nil
  ) throws(SpecificationError) -> Budget {
    try take(name, "an amount of training as 5000it, 10ep or 0.25", default: value) {
      try? Budget(parsing: $0.description)
    }
  }
}

extension SpecificationReader {
  /// A whole number of a kind; `nil` where the field is not there.
  package mutating func integerIfAny(
    _ name: String, _ rule: NumberRule<Int>, as value: Int
  ) throws(SpecificationError) -> Int? {
    try take(name, rule.words + example(value), default: .some(nil)) { $0.integer(rule).map(Optional.some) }
  }

  /// A number of a kind; `nil` where the field is not there.
  package mutating func numberIfAny(
    _ name: String, _ rule: NumberRule<Double>, as value: Double
  ) throws(SpecificationError) -> Double? {
    try take(name, rule.words + example(value), default: .some(nil)) { $0.number(rule).map(Optional.some) }
  }
}

extension SpecificationReader {
  /// A list of names.
  public mutating func texts(
    _ name: String, default value: [String]? = nil
  ) throws(SpecificationError) -> [String] {
    try take(name, "a list of names in brackets", default: value) { $0.list { $0.description } }
  }

  /// A list of numbers of units, heads or channels.
  public mutating func counts(
    _ name: String, default value: [Int]? = nil
  ) throws(SpecificationError) -> [Int] {
    try take(name, "a list of whole numbers\(inside(Self.possibleCounts)), as [300, 100]", default: value) {
      $0.list { $0.integer(.count) }
    }
  }

  /// A list of numbers of layers or blocks.
  public mutating func depths(
    _ name: String, default value: [Int]? = nil
  ) throws(SpecificationError) -> [Int] {
    try take(
      name, "a list of whole numbers\(inside(Self.possibleDepths)), as [2, 2]", default: value
    ) { $0.list { $0.integer(.depth) } }
  }

  /// A list of lists of numbers of units.
  public mutating func countLists(
    _ name: String, default value: [[Int]]? = nil
  ) throws(SpecificationError) -> [[Int]] {
    try take(
      name, "a list of lists of whole numbers\(inside(Self.possibleCounts)), as [[64, 64], [128]]",
      default: value
    ) { $0.list { $0.list { $0.integer(.count) } } }
  }

  /// A list of finite numbers, whole or not, in a range where there is one.
  public mutating func numberList(
    _ name: String, in range: ClosedRange<Double>? = nil, default value: [Double]? = nil
  ) throws(SpecificationError) -> [Double] {
    try take(name, "a list of numbers\(inside(range)) in brackets", default: value) {
      $0.list { $0.number(.number(in: range)) }
    }
  }

  /// A list of numbers of a kind.
  public mutating func numberList(
    _ name: String, _ rule: NumberRule<Double>, default value: [Double]? = nil
  ) throws(SpecificationError) -> [Double] {
    try take(name, "a list of numbers in brackets, each \(rule.words)", default: value) {
      $0.list { $0.number(rule) }
    }
  }

  /// Fields of numbers of a kind inside one field, `rates(conv1: 0.5)`; none where it is not there.
  public mutating func numbers(
    _ name: String, _ rule: NumberRule<Double> = .number()
  ) throws(SpecificationError) -> [String: Double] {
    try take(name, "\(rule.words) for each name, as \(name)(fc1: 0.5)", default: [:]) { value in
      guard case .component(let component) = value, component.name == name else { return nil }
      var numbers: [String: Double] = [:]
      for (name, value) in component.fields {
        guard let number = value.number(rule) else { return nil }
        numbers[name] = number
      }
      return numbers
    }
  }
}

extension SpecificationReader {
  /// A component inside this one, `initializer: glorot-normal`, or `nil` where the field is not there.
  public mutating func component(_ name: String) throws(SpecificationError) -> Specification? {
    try take(name, "a component, as name(field: value)", default: .some(nil)) { .some($0.component) }
  }

  /// A component inside this one, read from its catalogue; the default where the field is not there.
  public mutating func component<Element>(
    _ name: String, from catalogue: Catalogue<Element>, default element: Element? = nil
  ) throws(ComponentError) -> Element {
    guard let found = remove(name) else {
      guard let element else { throw .specification(missing(name, catalogue.noun)) }
      return element
    }
    guard let specification = found.component else {
      throw .specification(wrong(name, found, catalogue.noun))
    }
    return try catalogue.read(specification)
  }
}

/// `, as 0.9`: a value that is right, where there is one to show.
private func example<Value>(_ value: Value?) -> String { value.map { ", as \($0)" } ?? "" }

extension Specification.Value {
  fileprivate func integer(_ rule: NumberRule<Int>) -> Int? {
    guard case .integer(let integer) = self, rule.isKept(by: integer) else { return nil }
    return integer
  }

  fileprivate func number(_ rule: NumberRule<Double>) -> Double? {
    switch self {
    case .number(let number) where rule.isKept(by: number): number
    case .integer(let integer) where rule.isKept(by: Double(integer)): Double(integer)
    default: nil
    }
  }

  /// The elements of a list, or `nil` where this is none or one of them is not as it should be.
  fileprivate func list<Element>(_ element: (Specification.Value) -> Element?) -> [Element]? {
    guard case .list(let values) = self else { return nil }
    let elements = values.compactMap(element)
    return elements.count == values.count ? elements : nil
  }

  /// A component, which without fields is a bare word and, as a learning rate, a bare number.
  fileprivate var component: Specification? {
    switch self {
    case .component(let component): component
    case .text, .number, .integer: Specification(description, version: nil)
    default: nil
    }
  }
}
