import CoppiceTensors

/// Some examples of a data set, by index.
public struct Subset: Sendable {
  package let examples: Examples
  package let indices: [Int32]

  /// The number of examples.
  public var count: Int { indices.count }

  /// So many of the examples, chosen at random by a seed, in their order; all of them where there are no more.
  package func sample(_ count: Int, seed: UInt64) -> Subset {
    guard count < indices.count else { return self }
    var random = RandomStream(seed: seed, stream: .score)
    var places = Array(indices.indices)
    random.shuffle(&places)
    return Subset(examples: examples, indices: places.prefix(max(0, count)).sorted().map { indices[$0] })
  }
}
