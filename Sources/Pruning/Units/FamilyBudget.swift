import CoppiceTensors

/// The knapsack of families of coupled units: how many units of each stay so that the network costs what is asked for and the sum of
/// the rises of the loss, each family pruned alone, is least.
struct FamilyBudget {
  private let selection: UnitSelection
  private let coupling: Coupling
  private let curves: [LossCurve]
  /// The units of each family that have survivors, those first that go first.
  private let order: [[Int]]
  /// How many units each family has, gone or not.
  private let sizes: [Int]
  /// The numbers of units among which each family chooses, falling.
  private let choices: [[Int]]

  /// The families of a network.
  /// - Parameter context: it holds the losses with one family at a time pruned, see `LayerSensitivity.family`.
  init(_ selection: UnitSelection, _ coupling: Coupling, _ context: ScoringContext) throws {
    (self.selection, self.coupling) = (selection, coupling)
    let sensitivity = try context.sensitivity()
    let table = selection.table
    let order = selection.familyOrder
    let sizes = table.familySizes
    curves = try sizes.indices.map { try LossCurve(LayerSensitivity.family($0), in: sensitivity) }
    choices = sizes.indices.map { family in
      let alive = order[family].count
      let counts = sensitivity.levels.map { level in
        let kept = min(alive, sizes[family] - (level * Double(sizes[family])).roundedCount)
        return max(coupling.least(of: alive), coupling.rounded(kept, of: alive))
      }
      return Set(counts + [alive, coupling.least(of: alive)]).sorted(by: >)
    }
    (self.order, self.sizes) = (order, sizes)
  }

  /// What is left where so many units of each family stay: those with the highest scores.
  private func left(_ counts: [Int]) -> UnitSelection {
    var left = selection
    for (units, count) in zip(order, counts) {
      for unit in units.prefix(units.count - count) { left.remove(unit) }
    }
    left.removeCompanions()
    return left
  }

  /// What is left of the units.
  /// - Parameter masks: the masks of what is left.
  /// - Throws: `PruningError.costUnreachable`, and whatever costs throw.
  func solved(_ aim: CostAim, masks: (UnitSelection) -> MaskSet) throws -> UnitSelection {
    func cost(_ counts: [Int]) throws -> Double { try aim.costUnder(masks(left(counts))) }
    let (alive, least) = (order.map(\.count), choices.map { $0.last ?? 0 })
    guard try cost(alive) > aim.cost else { return left(alive) }
    var below = (counts: least, cost: try cost(least))
    guard below.cost <= aim.cost else {
      guard !aim.isCeiling, below.cost - aim.cost <= 1e-9 * below.cost else {
        throw PruningError.costUnreachable(aim.cost, least: below.cost)
      }
      return left(least)
    }
    let knapsack = try knapsack(alive, least, cost)
    var (low, high) = (0.0, knapsack.groups.reduce(0) { $0 + ($1.map(\.cost).max() ?? 0) })
    for _ in 0..<40 {
      let middle = low + (high - low) / 2
      guard middle > low, middle < high, let chosen = knapsack.solved(budget: middle) else { break }
      let counts = zip(choices, chosen).map { $0[$1] }
      let found = counts == below.counts ? below.cost : try cost(counts)
      if found <= aim.cost {
        (low, below) = (middle, (counts, found))
      } else {
        high = middle
      }
    }
    return left(try filled(below.counts, alive, aim, cost))
  }

  /// The options of every family: what it costs beyond the least of it, where the others are whole.
  private func knapsack(
    _ alive: [Int], _ least: [Int], _ cost: ([Int]) throws -> Double
  ) throws -> Knapsack {
    let whole = try cost(alive)
    return Knapsack(
      groups: try choices.indices.map { family in
        let costs = try choices[family].map { count in
          var counts = alive
          counts[family] = count
          return count == alive[family] ? whole : try cost(counts)
        }
        return zip(choices[family], costs).map { count, cost in
          Knapsack.Option(cost: max(0, cost - (costs.last ?? 0)), loss: rise(family, count, alive[family]))
        }
      })
  }

  private func rise(_ family: Int, _ kept: Int, _ alive: Int) -> Double {
    let size = Double(max(1, sizes[family]))
    return curves[family].rise(from: 1 - Double(alive) / size, to: 1 - Double(kept) / size)
  }

  /// Gives units back as long as the aim is kept, first where the loss falls most for its cost, and one step more where that comes
  /// nearer.
  private func filled(
    _ counts: [Int], _ alive: [Int], _ aim: CostAim, _ cost: ([Int]) throws -> Double
  ) throws -> [Int] {
    var counts = counts
    func with(_ family: Int, _ count: Int) -> [Int] {
      var counts = counts
      counts[family] = count
      return counts
    }
    var gains: [(family: Int, gain: Double)] = []
    let now = try cost(counts)
    for family in counts.indices where counts[family] < alive[family] {
      let next = choices[family].last { $0 > counts[family] } ?? alive[family]
      let fall = rise(family, counts[family], alive[family]) - rise(family, next, alive[family])
      let price = try cost(with(family, next)) - now
      gains.append((family, price > 0 ? fall / price : .infinity))
    }
    gains.sort { $0.gain == $1.gain ? $0.family < $1.family : $0.gain > $1.gain }
    for (family, _) in gains {
      let steps = steps(from: counts[family], to: alive[family])
      var (low, high) = (0, steps.count)
      while high - low > 1 {
        let middle = (low + high) / 2
        if try cost(with(family, steps[middle])) <= aim.cost { low = middle } else { high = middle }
      }
      counts[family] = steps[low]
    }
    guard !aim.isCeiling else { return counts }
    var best = (counts: counts, cost: try cost(counts))
    for family in counts.indices where counts[family] < alive[family] {
      let more = with(family, steps(from: counts[family], to: alive[family])[1])
      let found = try cost(more)
      if aim.prefers(found, to: best.cost) { best = (more, found) }
    }
    return best.counts
  }

  /// The numbers of units that a family may keep, from one to all of it.
  private func steps(from count: Int, to alive: Int) -> [Int] {
    guard coupling.multiple > 1 else { return Array(count...max(count, alive)) }
    let multiples = stride(
      from: (count / coupling.multiple + 1) * coupling.multiple, to: alive, by: coupling.multiple)
    return [count] + multiples + (alive > count ? [alive] : [])
  }
}

extension UnitSelection {
  /// The units of each family that have survivors, lowest first.
  var familyOrder: [[Int]] {
    var order = [[Int]](repeating: [], count: table.familyCount)
    for unit in 0..<table.count where survivors(of: unit) > 0 { order[table.families[unit]].append(unit) }
    return order.map { units in
      units.sorted { a, b in
        if scores[a] != scores[b] { return scores[a] < scores[b] }
        return words[a] == words[b] ? a < b : words[a] < words[b]
      }
    }
  }
}

extension LayerSensitivity {
  /// The name under which a family of coupled units stands among layers, by its place.
  package static func family(_ place: Int) -> String { "family \(place)" }
}
