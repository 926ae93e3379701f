/// What a component or a setting is, spelled out: a name, a version and every field with its full value.
/// The one form from which stage keys, JSON, column names and printed names are made.
public struct Specification: Hashable, Sendable {
  /// A field's value. Numbers are kept as numbers, so that the key of a stage holds their bit patterns.
  public indirect enum Value: Hashable, Sendable {
    case flag(Bool)
    case integer(Int)
    case number(Double)
    case text(String)
    case list([Value])
    case component(Specification)
    case none
  }

  /// The name users write, in kebab-case: `magnitude`, `lenet-300-100`.
  public let name: String
  /// Raised whenever a change alters results. `nil` for a component still being written: the digest of the executable
  /// then stands in, so that an edited component never meets its old results.
  public let version: Int?
  /// The fields, in the order they are printed.
  public let fields: [(name: String, value: Value)]
  /// The byte form that keys are hashed from: every value with a type tag and its length, fields sorted by name,
  /// integers and bit patterns little-endian. Never JSON, never a dictionary: it is equal in every process. Made once, because
  /// every comparison and every key asks for it.
  public let canonicalBytes: [UInt8]

  /// A specification of these parts.
  public init(_ name: String, version: Int?, _ fields: [(name: String, value: Value)] = []) {
    self.name = name
    self.version = version
    self.fields = fields
    var bytes = [UInt8(ascii: "{")]
    Value.text(name).append(to: &bytes)
    (version.map(Value.integer) ?? .none).append(to: &bytes)
    let sorted = fields.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    bytes.append(littleEndian: UInt64(sorted.count))
    for field in sorted {
      Value.text(field.name).append(to: &bytes)
      field.value.append(to: &bytes)
    }
    canonicalBytes = bytes
  }

  /// The same with further fields, those at their neutral value left out.
  ///
  /// A field that is added to something that has results on file has a neutral value: the one that does what was done before
  /// the field was there. At that value the field takes no part in a key, and a file without the field means it.
  public func adding(_ fields: [(name: String, value: Value, neutral: Value)]) -> Specification {
    Specification(
      name, version: version,
      self.fields + fields.filter { $0.value != $0.neutral }.map { ($0.name, $0.value) })
  }

  /// Equality of the canonical bytes, so that the order in which fields were listed does not matter.
  public static func == (a: Specification, b: Specification) -> Bool { a.canonicalBytes == b.canonicalBytes }

  /// Hashes the canonical bytes.
  public func hash(into hasher: inout Hasher) {
    canonicalBytes.withUnsafeBytes { hasher.combine(bytes: $0) }
  }
}

extension Specification: CustomStringConvertible {
  /// The name, with the fields in parentheses where there are any: `layer-wise(output: 0.5)`.
  public var description: String {
    fields.isEmpty
      ? name : "\(name)(" + fields.map { "\($0.name): \($0.value)" }.joined(separator: ", ") + ")"
  }
}

extension Specification.Value: CustomStringConvertible {
  /// As it is printed in names: `0.5`, `[1, 2]`, `geometric(rounds: 3)`.
  public var description: String {
    switch self {
    case .flag(let flag): "\(flag)"
    case .integer(let integer): "\(integer)"
    case .number(let number): "\(number)"
    case .text(let text): text
    case .list(let values): "[" + values.map(\.description).joined(separator: ", ") + "]"
    case .component(let component): component.description
    case .none: "none"
    }
  }
}

extension Specification {
  /// Whether this component and all components inside it carry a version.
  public var isVersioned: Bool {
    version != nil && fields.allSatisfy { $0.value.isVersioned }
  }
}

extension Specification.Value {
  /// Whether all components in it carry a version.
  package var isVersioned: Bool {
    switch self {
    case .component(let component): component.isVersioned
    case .list(let values): values.allSatisfy(\.isVersioned)
    default: true
    }
  }

  fileprivate func append(to bytes: inout [UInt8]) {
    switch self {
    case .flag(let flag): bytes += [UInt8(ascii: "b"), flag ? 1 : 0]
    case .integer(let integer):
      bytes.append(UInt8(ascii: "i"))
      bytes.append(littleEndian: UInt64(bitPattern: Int64(integer)))
    case .number(let number):
      bytes.append(UInt8(ascii: "d"))
      bytes.append(littleEndian: number.bitPattern)
    case .text(let text):
      bytes.append(UInt8(ascii: "s"))
      bytes.append(littleEndian: UInt64(text.utf8.count))
      bytes += text.utf8
    case .list(let values):
      bytes.append(UInt8(ascii: "["))
      bytes.append(littleEndian: UInt64(values.count))
      for value in values { value.append(to: &bytes) }
    case .component(let component): bytes += component.canonicalBytes
    case .none: bytes.append(UInt8(ascii: "n"))
    }
  }
}

extension [UInt8] {
  fileprivate mutating func append(littleEndian word: UInt64) {
    for shift in stride(from: UInt64(0), to: 64, by: 8) { append(UInt8(truncatingIfNeeded: word >> shift)) }
  }
}
