import CoppiceTensors
import CoppiceTerms

extension Allocation {
  /// What costs the least loss by the measured sensitivity of layers.
  public static let budget = budget()

  /// A budget, shared out so that the loss rises least: how far every layer is pruned is chosen among the levels at which its
  /// sensitivity was measured (`LayerSensitivity.levels`), so that all layers together leave what is asked for and the sum of the rises
  /// of the loss is smallest. This is the multiple-choice knapsack, solved by dynamic programming. What is left of the budget is given
  /// back where the loss falls most for its cost.
  ///
  /// Under a target other than weights the budget is one of costs, such as FLOPs or seconds. Where units are coupled, the groups are
  /// their families, each pruned alone to every level, and the costs are those of the network without the removed units: since families
  /// of both sides of a convolution save less together than each alone, the budget is moved until the network as a whole costs what is
  /// asked for.
  ///
  /// E. Frantar, D. Alistarh, "SPDY: accurate pruning with speedup guarantees", ICML 2022, choose sparsities of layers for a speed in this
  /// way, and M. Shen et al., "Structural pruning via latency-saliency knapsack", NeurIPS 2022, channels.
  /// - Parameters:
  ///   - ignoring: layers that are left alone, by parameter or scope.
  ///   - floor: what every layer keeps at least.
  public static func budget(ignoring: [String] = [], floor: Floor = .none) -> Allocation {
    Allocation(
      holding: "budget", version: 1, fields: floor.fields, ignoring: ignoring, needs: [.sensitivity],
      plan: { layers, total in try floor.pool(total, of: layers, allocation: "budget") }
    ) { layers, survivors, context in
      let sensitivity = try context.sensitivity()
      let floors = try floor.floors(of: layers, allocation: "budget")
      try Floor.check(floors, total: survivors, layers: layers, allocation: "budget")
      let budget = try LayerBudget(layers, floors, sensitivity, context.weightCosts)
      let counts = try budget.counts(leaving: survivors)
      guard floor != .none else { return (counts, []) }
      // Held are those that would fall lower without a floor.
      let free = try LayerBudget(layers, floors.map { _ in 0 }, sensitivity, context.weightCosts)
        .counts(leaving: survivors)
      return (counts, counts.indices.filter { free[$0] < floors[$0] })
    }.sharingCosts()
  }
}

extension Shipped<Allocation> {
  static let budget = Shipped(
    .budget, "layers, or families of units, are pruned so that the loss rises least for what they cost",
    paper: "Frantar and Alistarh 2022"
  ) { fields in
    let floor = try fields.floor()
    return .budget(ignoring: try fields.texts("ignoring", default: []), floor: floor)
  }
}

/// The knapsack of layers.
private struct LayerBudget {
  let layers: [PrunableLayer]
  let floors: [Int]
  let curves: [LossCurve]
  /// What one weight of each layer costs.
  let costs: [Double]
  /// The numbers of survivors among which each layer chooses, falling.
  let choices: [[Int]]

  init(
    _ layers: [PrunableLayer], _ floors: [Int], _ sensitivity: LayerSensitivity, _ costs: [String: Double]?
  ) throws {
    (self.layers, self.floors) = (layers, floors)
    curves = try layers.map { try LossCurve($0.name, in: sensitivity) }
    self.costs = layers.map { costs?[$0.name] ?? 1 }
    choices = zip(layers, floors).map { layer, floor in
      let counts = sensitivity.levels.map { level in
        min(layer.survivors, max(floor, layer.count - (level * Double(layer.count)).roundedCount))
      }
      return Set(counts + [layer.survivors, floor]).sorted(by: >)
    }
  }

  /// The loss that a layer with so many survivors alone brings beyond that of the network as it is.
  private func rise(_ layer: Int, _ kept: Int) -> Double {
    let count = Double(max(1, layers[layer].count))
    return curves[layer].rise(
      from: 1 - Double(layers[layer].survivors) / count, to: 1 - Double(kept) / count)
  }

  /// The numbers of survivors that cost as much as so many of all weights do on average.
  func counts(leaving survivors: Int) throws(PruningError) -> [Int] {
    let now = layers.reduce(0) { $0 + $1.survivors }
    let whole = zip(layers, costs).reduce(0) { $0 + Double($1.0.survivors) * $1.1 }
    // One cost of all weights is a number of weights, exactly.
    let budget =
      Set(costs).count == 1 ? costs[0] * Double(survivors) : whole * Double(survivors) / Double(max(1, now))
    let knapsack = Knapsack(
      groups: choices.enumerated().map { layer, counts in
        counts.map { Knapsack.Option(cost: Double($0) * costs[layer], loss: rise(layer, $0)) }
      })
    guard let chosen = knapsack.solved(budget: budget) else {
      throw .floors(
        floors.reduce(0, +), survivors: survivors, of: layers.reduce(0) { $0 + $1.count },
        allocation: "budget")
    }
    return filled(zip(choices, chosen).map { $0[$1] }, budget)
  }

  /// Gives back what is left of the budget, where the loss falls most for its cost.
  private func filled(_ counts: [Int], _ budget: Double) -> [Int] {
    var counts = counts
    while true {
      let slack = budget - zip(counts, costs).reduce(0) { $0 + Double($1.0) * $1.1 }
      var best: (layer: Int, gain: Double, count: Int)?
      for layer in layers.indices where counts[layer] < layers[layer].survivors {
        let room = costs[layer] > 0 ? (slack / costs[layer]).rounded(.down) : .infinity
        guard room >= 1, let next = choices[layer].last(where: { $0 > counts[layer] }) else { continue }
        let step = Int(min(Double(next - counts[layer]), room))
        let fall = rise(layer, counts[layer]) - rise(layer, counts[layer] + step)
        let gain = costs[layer] > 0 ? fall / (Double(step) * costs[layer]) : .infinity
        if gain > best?.gain ?? -1 { best = (layer, gain, counts[layer] + step) }
      }
      guard let best else { return counts }
      counts[best.layer] = best.count
    }
  }
}

extension LossCurve {
  /// The curve of a layer, or of a family of units.
  init(_ name: String, in sensitivity: LayerSensitivity) throws(PruningError) {
    guard let losses = sensitivity.losses(of: name) else {
      throw .missingParameter(name, in: "layers whose sensitivity was measured")
    }
    self.init(levels: sensitivity.levels, losses: losses)
  }

  /// By how much the loss is higher at one sparsity than at another. That of a network that diverges is finite, so that sums of it are.
  func rise(from first: Double, to last: Double) -> Double {
    min(1e100, max(0, loss(at: last) - loss(at: first)))
  }
}
