import CoppiceTensors
import CoppiceTerms

/// A weight that can be pruned, as an allocation sees it.
public struct PrunableLayer: Hashable, Sendable {
  /// The name of the parameter: `fc1.weight`.
  public let name: String
  /// Its extents: `[out, in]`, `[out, in, height, width]`.
  public let shape: Shape
  /// How many of its weights survive until now.
  public package(set) var survivors: Int

  /// A layer with so many survivors; all of them where not said.
  public init(name: String, shape: Shape, survivors: Int? = nil) {
    self.name = name
    self.shape = shape
    self.survivors = survivors ?? shape.count
  }

  /// How many weights it has, surviving or not.
  public var count: Int { shape.count }
}

extension MaskSet {
  /// The layers as an allocation sees them: companions are none.
  package var layers: [PrunableLayer] {
    counted.map { PrunableLayer(name: $0.name, shape: $0.mask.shape, survivors: $0.mask.keptCount) }
  }
}

/// How many weights survive a round, and where.
public enum Quota: Hashable, Sendable {
  /// So many in all layers together: the layers compete by score.
  case pool(Int)
  /// So many in all layers together, and in each layer no fewer than its floor. A layer that would fall below keeps so many of its
  /// highest scores, and the others give more.
  case flooredPool(Int, floors: [Int])
  /// So many in each layer, in the order of the layers: only weights of one layer compete.
  case layers([Int])
  /// So many in each layer, the same number in each of its rows. A row is a slice along the first axis; where the number does not
  /// divide, the first rows have one more. Only weights of one row compete.
  case rows([Int])

  /// How many survive in all.
  public var total: Int {
    switch self {
    case .pool(let total), .flooredPool(let total, _): total
    case .layers(let counts), .rows(let counts): counts.reduce(0, +)
    }
  }

  /// How many survive in each layer; `nil` where layers compete.
  package var layers: [Int]? {
    switch self {
    case .pool, .flooredPool: nil
    case .layers(let counts), .rows(let counts): counts
    }
  }
}

/// How much each layer gives.
///
/// A layer that an allocation ignores is not prunable: it keeps all its weights and counts in no sparsity.
public struct Allocation: Component {
  /// The name, the version and every field of the allocation.
  public let specification: Specification
  /// Parameters that are left alone, by name (`fc3.weight`) or by the scope they are in (`fc3`).
  public let ignoring: [String]

  /// What it looks at, besides the layers: with it how much each layer gives is known when the network is there.
  public let needs: ScoringNeeds
  /// Whether how much each layer gives is told by the network, the weights at least. Before, only the total is known.
  public let isMeasured: Bool
  /// Whether it shares out what weights cost, where a pruning is to a cost, and says how many units of every family stay where units
  /// are coupled.
  package private(set) var sharesCosts = false
  private let share: Share

  private enum Share: Sendable {
    case counted(@Sendable ([PrunableLayer], PruningTarget) throws -> (quota: Quota, held: [Int]))
    case measured(
      plan: @Sendable ([PrunableLayer], _ survivors: Int) throws -> Quota,
      @Sendable ([PrunableLayer], _ survivors: Int, ScoringContext) throws -> (counts: [Int], held: [Int]))
  }

  /// An allocation.
  /// - Parameters:
  ///   - name: what the allocation is called in tables, in kebab-case.
  ///   - version: raise it whenever quotas change; `nil` while it is being written.
  ///   - fields: the values the quotas depend on, the ignored layers excepted.
  ///   - ignoring: parameters that are left alone, by name or scope.
  ///   - quota: how many weights survive; given the layers that are not ignored, in order, and the round's target.
  public init(
    _ name: String, version: Int? = nil, fields: [(name: String, value: Specification.Value)] = [],
    ignoring: [String] = [], quota: @escaping @Sendable ([PrunableLayer], PruningTarget) throws -> Quota
  ) {
    self.init(
      name, version, fields, ignoring, [],
      .counted { layers, target in
        (try PruningError.noting("allocation \(name)") { try quota(layers, target) }, [])
      })
  }

  /// An allocation of layers and target alone that says which layers a floor of its own holds, by their places.
  init(
    holding name: String, version: Int?, fields: [(name: String, value: Specification.Value)],
    ignoring: [String],
    shares: @escaping @Sendable ([PrunableLayer], PruningTarget) throws -> (quota: Quota, held: [Int])
  ) {
    self.init(name, version, fields, ignoring, [], .counted(shares))
  }

  /// An allocation that asks the network how much each layer gives. The total is that of `global`.
  /// - Parameters:
  ///   - name: what the allocation is called in tables, in kebab-case.
  ///   - version: raise it whenever quotas change; `nil` while it is being written.
  ///   - fields: the values the quotas depend on, the ignored layers excepted.
  ///   - ignoring: parameters that are left alone, by name or scope.
  ///   - needs: what it reads besides the weights and the masks.
  ///   - counts: how many weights of each layer survive, in the order of the layers; given the layers that are not ignored, how many
  ///     shall survive in all, and the network. The numbers add up to what shall survive.
  public init(
    measuring name: String, version: Int? = nil,
    fields: [(name: String, value: Specification.Value)] = [], ignoring: [String] = [],
    needs: ScoringNeeds = [],
    counts: @escaping @Sendable ([PrunableLayer], _ survivors: Int, ScoringContext) throws -> [Int]
  ) {
    self.init(
      holding: name, version: version, fields: fields, ignoring: ignoring, needs: needs,
      plan: { _, survivors in .pool(survivors) }
    ) { (try counts($0, $1, $2), []) }
  }

  /// An allocation that asks the network, and says which layers a floor of its own holds, by their places.
  /// - Parameter plan: what is known before the network is there: the pool with its floors. It refuses what cannot be.
  init(
    holding name: String, version: Int?, fields: [(name: String, value: Specification.Value)],
    ignoring: [String], needs: ScoringNeeds,
    plan: @escaping @Sendable ([PrunableLayer], _ survivors: Int) throws -> Quota,
    counts:
      @escaping @Sendable ([PrunableLayer], _ survivors: Int, ScoringContext) throws -> (
        counts: [Int], held: [Int]
      )
  ) {
    self.init(
      name, version, fields, ignoring, needs,
      .measured(plan: plan) { layers, survivors, context in
        try PruningError.noting("allocation \(name)") { try counts(layers, survivors, context) }
      })
  }

  /// The same allocation, which shares out costs and not only weights.
  func sharingCosts() -> Allocation {
    var allocation = self
    allocation.sharesCosts = true
    return allocation
  }

  private init(
    _ name: String, _ version: Int?, _ fields: [(name: String, value: Specification.Value)],
    _ ignoring: [String], _ needs: ScoringNeeds, _ share: Share
  ) {
    let ignored: [(name: String, value: Specification.Value)] =
      ignoring.isEmpty ? [] : [("ignoring", .list(ignoring.map(Specification.Value.text)))]
    specification = Specification(name, version: version, fields + ignored)
    self.ignoring = ignoring
    self.needs = needs
    self.share = share
    isMeasured = if case .measured = share { true } else { false }
  }

  /// The masks of the layers it prunes: those given, without the ignored ones and companions. A trial starts from these.
  /// - Throws: `PruningError` where an ignored name fits no layer, or nothing is left to prune.
  public func prunable(among masks: MaskSet) throws(PruningError) -> MaskSet {
    let masks = masks.counted
    let names = Set(try prunable(masks.names))
    return masks.filter { names.contains($0.name) }
  }

  /// The layers it prunes: those given, without the ignored ones.
  package func prunable(among layers: [PrunableLayer]) throws(PruningError) -> [PrunableLayer] {
    let names = Set(try prunable(layers.map(\.name)))
    return layers.filter { names.contains($0.name) }
  }

  private func prunable(_ names: [String]) throws(PruningError) -> [String] {
    for name in ignoring { try names.requireMatch(of: name, in: "the layers that \(self) ignores") }
    let kept = names.filter { name in !ignoring.contains { name.isInScope(of: $0) } }
    guard !kept.isEmpty else { throw .nothingToPrune(ignoring: ignoring) }
    return kept
  }

  /// How many weights survive the round. Of an allocation that asks the network it is the total.
  /// - Throws: `PruningError` where the target or a rate is out of range, a name fits no layer, or the numbers do not
  ///   fit the layers; and whatever a user's own allocation throws.
  public func quota(for layers: [PrunableLayer], target: PruningTarget) throws -> Quota {
    try target.check()
    let quota: Quota =
      switch share {
      case .counted(let share): try share(layers, target).quota
      case .measured(let plan, _):
        try plan(
          layers,
          target.survivors(
            of: layers.reduce(0) { $0 + $1.survivors }, count: layers.reduce(0) { $0 + $1.count }))
      }
    if case .flooredPool(let total, let floors) = quota {
      guard floors.count == layers.count else {
        throw PruningError.quotaCount(floors.count, layers: layers.count, allocation: name)
      }
      for (floor, layer) in zip(floors, layers) where !(0...layer.survivors).contains(floor) {
        throw PruningError.quotaOutOfRange(
          floor, survivors: layer.survivors, layer: layer.name, allocation: name)
      }
      try Floor.check(floors, total: total, layers: layers, allocation: name)
    }
    switch quota {
    case .pool(let total), .flooredPool(let total, _):
      let survivors = layers.reduce(0) { $0 + $1.survivors }
      guard (0...survivors).contains(total) else {
        throw PruningError.quotaOutOfRange(total, survivors: survivors, layer: nil, allocation: name)
      }
    case .layers(let counts), .rows(let counts):
      guard counts.count == layers.count else {
        throw PruningError.quotaCount(counts.count, layers: layers.count, allocation: name)
      }
      for (count, layer) in zip(counts, layers) where !(0...layer.survivors).contains(count) {
        throw PruningError.quotaOutOfRange(
          count, survivors: layer.survivors, layer: layer.name, allocation: name)
      }
    }
    return quota
  }

  /// The places of the layers that a floor holds, where layers and target alone say so.
  func held(_ layers: [PrunableLayer], target: PruningTarget) throws -> [Int] {
    guard hasFloor, case .counted(let share) = share else { return [] }
    return try share(layers, target).held
  }

  /// How many weights of each layer survive, and the places of the layers that a floor holds; `nil` where layers and target alone say
  /// how much each gives.
  /// - Parameters:
  ///   - survivors: how many shall survive in all.
  ///   - context: the network, with what the allocation needs.
  func measured(
    _ layers: [PrunableLayer], survivors: Int, _ context: ScoringContext
  ) throws -> (quota: Quota, held: [Int])? {
    guard case .measured(_, let share) = share else { return nil }
    let (counts, held) = try share(layers, survivors, context.limited(to: needs, of: "allocation \(name)"))
    guard counts.count == layers.count else {
      throw PruningError.quotaCount(counts.count, layers: layers.count, allocation: name)
    }
    for (count, layer) in zip(counts, layers) where !(0...layer.survivors).contains(count) {
      throw PruningError.quotaOutOfRange(
        count, survivors: layer.survivors, layer: layer.name, allocation: name)
    }
    let total = counts.reduce(0, +)
    // What adds up to a cost is another number of weights.
    guard total == survivors || (sharesCosts && context.weightCosts != nil) else {
      throw PruningError.quotaTotal(total, wanted: survivors, allocation: name)
    }
    return (.layers(counts), held)
  }
}

extension String {
  /// Whether this parameter is the one named, or lies in the scope named: `fc1.weight` is in scope of `fc1`.
  func isInScope(of name: String) -> Bool { self == name || hasPrefix(name + ".") }
}

extension [String] {
  /// Throws where no parameter of these names is meant by `name`.
  func requireMatch(of name: String, in place: String) throws(PruningError) {
    guard !contains(where: { $0.isInScope(of: name) }) else { return }
    let scopes = map { parameter in
      parameter.lastIndex(of: ".").map { String(parameter[..<$0]) } ?? parameter
    }
    throw .unknownLayer(name, place: place, nearest: (self + scopes).nearest(to: name), known: self)
  }
}
