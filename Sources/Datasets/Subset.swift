/// Some examples of a data set, by index.
public struct Subset: Sendable {
  package let examples: Examples
  package let indices: [Int32]

  /// The number of examples.
  public var count: Int { indices.count }
}
