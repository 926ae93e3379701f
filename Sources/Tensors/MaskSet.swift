import OrderedCollections

/// The masks of a network's prunable weights, by parameter name, in the order of the parameters.
///
/// A companion is the mask of a parameter that goes along with pruned weights and is no prunable weight itself: the bias of a
/// pruned neuron. It is applied like any other mask and enters no count and no sparsity.
public struct MaskSet: Hashable, Sendable {
  private var masks: OrderedDictionary<String, Mask>
  private var companions: Set<String> = []

  /// An empty set: nothing is prunable.
  public init() { masks = [:] }

  /// A set of these masks; the last one wins where a name comes twice.
  public init(_ pairs: [(name: String, mask: Mask)]) {
    masks = [:]
    for pair in pairs { masks[pair.name] = pair.mask }
  }

  /// The names in order, those of companions included.
  public var names: [String] { Array(masks.keys) }

  /// Whether there is no mask at all.
  public var isEmpty: Bool { masks.isEmpty }

  /// The mask of that parameter, if it has one; setting one of a new name appends a mask that counts.
  public subscript(name: String) -> Mask? {
    get { masks[name] }
    set {
      masks[name] = newValue
      if newValue == nil { companions.remove(name) }
    }
  }

  /// Whether the mask of that name is a companion's.
  public func isCompanion(_ name: String) -> Bool { companions.contains(name) }

  /// Sets the mask of a companion; one of a new name is appended.
  public mutating func setCompanion(_ name: String, _ mask: Mask) {
    masks[name] = mask
    companions.insert(name)
  }

  /// The masks that count: all but the companions.
  public var counted: MaskSet { companions.isEmpty ? self : filter { !companions.contains($0.name) } }

  /// The masks for which `isIncluded` holds, in order; companions stay companions.
  public func filter(
    _ isIncluded: ((name: String, mask: Mask)) throws -> Bool
  ) rethrows -> MaskSet {
    var result = MaskSet()
    for (name, mask) in masks where try isIncluded((name, mask)) { result.masks[name] = mask }
    result.companions = companions.filter { result.masks[$0] != nil }
    return result
  }

  /// Takes over the masks of another set: those of a known name are replaced, new ones appended. What is a companion there is one
  /// here.
  public mutating func merge(_ other: MaskSet) {
    for (name, mask) in other.masks {
      if other.isCompanion(name) { setCompanion(name, mask) } else { masks[name] = mask }
    }
  }

  /// The number of prunable weights.
  public var count: Int { sum(\.count) }

  /// The number of surviving weights.
  public var keptCount: Int { sum(\.keptCount) }

  private func sum(_ number: (Mask) -> Int) -> Int {
    masks.reduce(0) { companions.contains($1.key) ? $0 : $0 + number($1.value) }
  }

  /// The fraction of prunable weights that survives, 0…1 (1 where nothing is prunable).
  public var density: Double { count == 0 ? 1 : Double(keptCount) / Double(count) }

  /// The fraction of prunable weights removed, 0…1.
  public var sparsity: Double { count == 0 ? 0 : Double(count - keptCount) / Double(count) }

  /// Whether every mask is a subset of its namesake in `other`. A companion that one of the sets does not have survives whole in it.
  public func isSubset(of other: MaskSet) -> Bool {
    counted.names == other.counted.names
      && masks.allSatisfy { name, mask in
        other.masks[name].map { mask.isSubset(of: $0) } ?? isCompanion(name)
      }
      && other.masks.allSatisfy { name, mask in masks[name] != nil || mask.keptCount == mask.count }
  }

  /// The counted masks with every weight that survives here or there.
  package func union(_ other: MaskSet) -> MaskSet {
    var union = counted
    for (name, mask) in other.counted {
      guard let own = union.masks[name] else {
        union.masks[name] = mask
        continue
      }
      union.masks[name] = own.union(mask)
    }
    return union
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
