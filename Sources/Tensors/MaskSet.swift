import OrderedCollections

/// The masks of a network's prunable weights, by parameter name, in the order of the parameters.
public struct MaskSet: Hashable, Sendable {
  private var masks: OrderedDictionary<String, Mask>

  /// An empty set: nothing is prunable.
  public init() { masks = [:] }

  /// A set of these masks; the last one wins where a name comes twice.
  public init(_ pairs: [(name: String, mask: Mask)]) {
    masks = [:]
    for pair in pairs { masks[pair.name] = pair.mask }
  }

  /// The names in order.
  public var names: [String] { Array(masks.keys) }

  /// The mask of that parameter, if it is prunable; setting one of a new name appends it.
  public subscript(name: String) -> Mask? {
    get { masks[name] }
    set { masks[name] = newValue }
  }

  /// The number of prunable weights.
  public var count: Int { masks.values.reduce(0) { $0 + $1.count } }

  /// The number of surviving weights.
  public var keptCount: Int { masks.values.reduce(0) { $0 + $1.keptCount } }

  /// The fraction of prunable weights that survives, 0…1 (1 where nothing is prunable).
  public var density: Double { count == 0 ? 1 : Double(keptCount) / Double(count) }

  /// The fraction of prunable weights removed, 0…1.
  public var sparsity: Double { count == 0 ? 0 : Double(count - keptCount) / Double(count) }

  /// Whether every mask is a subset of its namesake in `other`.
  public func isSubset(of other: MaskSet) -> Bool {
    names == other.names && zip(masks.values, other.masks.values).allSatisfy { $0.isSubset(of: $1) }
  }

  /// The parameters with every masked weight set to +0; parameters without a mask stay as they are.
  public func applied(to parameters: ParameterSet) -> ParameterSet {
    var result = parameters
    for (name, mask) in masks {
      if let weight = parameters[name] { result[name] = mask.applied(to: weight) }
    }
    return result
  }
}

extension MaskSet: Sequence {
  /// The masks with their names, in order.
  public func makeIterator() -> AnyIterator<(name: String, mask: Mask)> {
    var iterator = masks.makeIterator()
    return AnyIterator { iterator.next().map { (name: $0.key, mask: $0.value) } }
  }
}
