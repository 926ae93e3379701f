/// A part of an experiment that users name: a criterion, a schedule, an optimizer, a model. It is what its
/// specification says: two components are equal where their specifications are.
public protocol Component: Hashable, Sendable, CustomStringConvertible {
  /// The name, the version and every field with its full value.
  var specification: Specification { get }
}

extension Component {
  /// The name users write, in kebab-case.
  public var name: String { specification.name }

  /// The specification as it is printed: `iterative(rounds: 5)`.
  public var description: String { specification.description }

  /// Equality of the specifications.
  public static func == (a: Self, b: Self) -> Bool { a.specification == b.specification }

  /// The hash of the specification.
  public func hash(into hasher: inout Hasher) { hasher.combine(specification) }
}
