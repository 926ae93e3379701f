// What fields hold, one kind a method. Each gives the default where the field is not there, or throws where there is none.

extension SpecificationReader {
  /// How many units, heads or layers there may be. Beyond it a number is a slip of the pen: no such network fits in memory.
  package static let possibleCounts = 1...65_536

  /// True or false.
  public mutating func flag(_ name: String, default value: Bool? = nil) throws(SpecificationError) -> Bool {
    try take(name, "true or false", default: value) { if case .flag(let flag) = $0 { flag } else { nil } }
  }

  /// A whole number, in a range where there is one.
  public mutating func integer(
    _ name: String, in range: ClosedRange<Int>? = nil, default value: Int? = nil
  ) throws(SpecificationError) -> Int {
    try take(name, "a whole number" + inside(range), default: value) { $0.integer(in: range) }
  }

  /// A number of units, heads or layers.
  public mutating func count(_ name: String, default value: Int? = nil) throws(SpecificationError) -> Int {
    try integer(name, in: Self.possibleCounts, default: value)
  }

  /// A seed: any whole number, as the 64 bits it stands for.
  public mutating func seed(_ name: String, default value: UInt64? = nil) throws(SpecificationError)
    -> UInt64
  {
    UInt64(bitPattern: Int64(try integer(name, default: value.map { Int(Int64(bitPattern: $0)) })))
  }

  /// A number, whole or not, in a range where there is one.
  public mutating func number(
    _ name: String, in range: ClosedRange<Double>? = nil, default value: Double? = nil
  ) throws(SpecificationError) -> Double {
    try take(name, "a number" + inside(range), default: value) { $0.number(in: range) }
  }

  /// A finite number above 0.
  public mutating func positive(
    _ name: String, default value: Double? = nil
  ) throws(SpecificationError) -> Double {
    try take(name, "a number above 0", default: value) { $0.number { $0 > 0 && $0.isFinite } }
  }

  /// A number from 0 up to but not including 1.
  public mutating func share(
    _ name: String, default value: Double? = nil
  ) throws(SpecificationError) -> Double {
    try take(name, "a number from 0 up to but not including 1", default: value) {
      $0.number { (0..<1).contains($0) }
    }
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
  /// A list of names.
  public mutating func texts(
    _ name: String, default value: [String]? = nil
  ) throws(SpecificationError) -> [String] {
    try take(name, "a list of names in brackets", default: value) { $0.list { $0.description } }
  }

  /// A list of numbers of units, heads or layers.
  public mutating func counts(
    _ name: String, default value: [Int]? = nil
  ) throws(SpecificationError) -> [Int] {
    let counts = Self.possibleCounts
    return try take(name, "a list of whole numbers\(inside(counts)), as [300, 100]", default: value) {
      $0.list { $0.integer(in: counts) }
    }
  }

  /// A list of lists of numbers of units.
  public mutating func countLists(
    _ name: String, default value: [[Int]]? = nil
  ) throws(SpecificationError) -> [[Int]] {
    let counts = Self.possibleCounts
    return try take(
      name, "a list of lists of whole numbers\(inside(counts)), as [[64, 64], [128]]", default: value
    ) { $0.list { $0.list { $0.integer(in: counts) } } }
  }

  /// A list of numbers, whole or not, in a range where there is one.
  public mutating func numberList(
    _ name: String, in range: ClosedRange<Double>? = nil, default value: [Double]? = nil
  ) throws(SpecificationError) -> [Double] {
    try take(name, "a list of numbers\(inside(range)) in brackets", default: value) {
      $0.list { $0.number(in: range) }
    }
  }

  /// Fields of numbers inside one field, `rates(conv1: 0.5)`; none where it is not there.
  public mutating func numbers(_ name: String) throws(SpecificationError) -> [String: Double] {
    try take(name, "numbers by name, as \(name)(fc1: 0.5)", default: [:]) { value in
      guard case .component(let component) = value, component.name == name else { return nil }
      var numbers: [String: Double] = [:]
      for (name, value) in component.fields {
        guard let number = value.number(in: nil) else { return nil }
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

/// ` in 1…5`, for the sentences of errors; nothing without a range.
private func inside<Number>(_ range: ClosedRange<Number>?) -> String {
  range.map { " in \($0.lowerBound.shortest)…\($0.upperBound.shortest)" } ?? ""
}

extension Comparable {
  /// As it is printed in a sentence: `2` for 2.0.
  fileprivate var shortest: String {
    let text = "\(self)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}

extension Specification.Value {
  fileprivate func integer(in range: ClosedRange<Int>?) -> Int? {
    guard case .integer(let integer) = self, range?.contains(integer) != false else { return nil }
    return integer
  }

  fileprivate func number(where isFit: (Double) -> Bool) -> Double? {
    switch self {
    case .number(let number) where isFit(number): number
    case .integer(let integer) where isFit(Double(integer)): Double(integer)
    default: nil
    }
  }

  fileprivate func number(in range: ClosedRange<Double>?) -> Double? {
    number { range?.contains($0) != false }
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
