/// The fields of a specification that was read, taken out one by one by name and type:
/// `.iterative(rounds: try fields.integer("rounds", in: 1...1_000))`. A field is also found under the
/// name it had before names were in kebab-case: `generator-seed` where a file says `generatorSeed`.
public struct SpecificationReader {
  private let component: String
  private var fields: [(name: String, value: Specification.Value)]
  /// The names asked for so far.
  private(set) var known: [String] = []

  /// A reader of these fields.
  package init(_ specification: Specification) {
    component = specification.name
    fields = specification.fields
  }

  /// What `read` makes of the value of a field, or the default where the field is not there.
  /// - Parameter expected: what the value must be, for the sentence of the error: `a whole number`.
  public mutating func take<Value>(
    _ name: String, _ expected: String, default value: Value?, _ read: (Specification.Value) -> Value?
  ) throws(SpecificationError) -> Value {
    guard let found = remove(name) else {
      guard let value else { throw .missingField(name, of: component, expected: expected) }
      return value
    }
    guard let value = read(found) else {
      throw .wrongField(name, of: component, found: found.description, expected: expected)
    }
    return value
  }

  /// The value of a field, out of the fields; `nil` where it is not there.
  mutating func remove(_ name: String) -> Specification.Value? {
    known.append(name)
    let index = fields.firstIndex { $0.name == name } ?? fields.firstIndex { $0.name.kebabCased == name }
    return index.map { fields.remove(at: $0).value }
  }

  /// Takes out a field that can have one value only, if it is there.
  package mutating func require(_ name: String, _ value: Specification.Value) throws(SpecificationError) {
    // Bare words read as text, numbers without a point as integers: what is printed alike is alike.
    guard let found = remove(name), found.description != value.description else { return }
    throw wrong(name, found, value.description)
  }

  /// The error of a field that is not there.
  func missing(_ name: String, _ expected: String) -> SpecificationError {
    .missingField(name, of: component, expected: expected)
  }

  /// The error of a field whose value does not fit.
  func wrong(_ name: String, _ found: Specification.Value, _ expected: String) -> SpecificationError {
    .wrongField(name, of: component, found: found.description, expected: expected)
  }

  /// Throws where a field was left that nothing asked for.
  package func end() throws(SpecificationError) {
    guard let field = fields.first else { return }
    if known.contains(field.name) || known.contains(field.name.kebabCased) {
      throw .repeatedField(field.name, of: component)
    }
    throw .unknownField(field.name, of: component, nearest: known.nearest(to: field.name), known: known)
  }
}

extension SpecificationReader {
  /// What `make` makes of the name and fields of a printed component; it must use every field.
  package static func reading<Result>(
    _ text: String, _ make: (String, inout SpecificationReader) throws -> Result
  ) throws(ComponentError) -> Result {
    let specification: Specification
    do throws(SpecificationError) { specification = try Specification(parsing: text) } catch {
      throw .specification(error)
    }
    return try reading(specification, make)
  }

  /// What `make` makes of the name and fields of a specification; it must use every field.
  package static func reading<Result>(
    _ specification: Specification, _ make: (String, inout SpecificationReader) throws -> Result
  ) throws(ComponentError) -> Result {
    var fields = SpecificationReader(specification)
    do {
      let result = try make(specification.name, &fields)
      try fields.end()
      return result
    } catch let error as ComponentError {
      throw error
    } catch let error as SpecificationError {
      throw .specification(error)
    } catch {
      throw .refused(specification.description, "\(error)")
    }
  }
}
