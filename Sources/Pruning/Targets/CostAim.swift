import CoppiceTensors

/// What a pruning is to leave of what a network costs.
package struct CostAim: Sendable {
  /// The cost that is asked for.
  package let cost: Double
  /// Whether no more may be left. Otherwise masks come as near as the unit next to the aim does, the smaller network of two that are
  /// as near.
  package let isCeiling: Bool
  /// What one weight of a layer costs, by the layer's name, where costs add up; 1 where not said.
  package let weightCosts: [String: Double]
  /// What the network costs under masks. Under subsets of them it costs no more.
  package let costUnder: @Sendable (MaskSet) throws -> Double

  package init(
    _ cost: Double, isCeiling: Bool = false, weightCosts: [String: Double] = [:],
    costUnder: @escaping @Sendable (MaskSet) throws -> Double
  ) {
    (self.cost, self.isCeiling, self.weightCosts) = (cost, isCeiling, weightCosts)
    self.costUnder = costUnder
  }

  /// What one of several cuts is to leave: costs fall by one factor from cut to cut.
  /// - Parameter first: the cost before the first of them.
  func part(_ round: Int, of rounds: Int, from first: Double) -> CostAim {
    guard round < rounds, cost < first, first > 0 else { return self }
    let factor = Elementary.pow(max(cost / first, 1e-9), Double(round) / Double(rounds))
    return CostAim(first * factor, weightCosts: weightCosts, costUnder: costUnder)
  }

  /// Whether a network of that cost is nearer to the aim than one of another, or as near and smaller; of two of which one alone is
  /// allowed, that one.
  func prefers(_ one: Double, to other: Double) -> Bool {
    let (isOneAllowed, isOtherAllowed) = (!isCeiling || one <= cost, !isCeiling || other <= cost)
    guard isOneAllowed == isOtherAllowed else { return isOneAllowed }
    let (near, far) = ((one - cost).magnitude, (other - cost).magnitude)
    return near == far ? one < other : near < far
  }
}
