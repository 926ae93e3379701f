/// How many weights will survive every round, told before anything is trained; it meets the same errors as the pruning
/// itself.
package struct Forecast: Hashable, Sendable {
  /// How many weights are prunable.
  package let count: Int
  /// How many survive round 0 (all of them), round 1, …; for units larger than one weight, to within a unit.
  package let survivors: [Int]

  /// The forecast for layers that an allocation does not ignore, all of them whole.
  /// - Throws: as `Schedule.target` and `Allocation.quota` do.
  package init(
    schedule: Schedule, allocation: Allocation, ratio: Double?, layers: [PrunableLayer]
  ) throws {
    guard Schedule.possibleRounds.contains(schedule.rounds) else {
      throw PruningError.roundsOutOfRange(schedule.rounds)
    }
    count = layers.reduce(0) { $0 + $1.count }
    var layers = layers
    var survivors = [layers.reduce(0) { $0 + $1.survivors }]
    for round in 1...schedule.rounds {
      let quota = try allocation.quota(
        for: layers, target: try schedule.target(ofRound: round, ratio: ratio))
      switch quota {
      case .layers(let counts): for index in layers.indices { layers[index].survivors = counts[index] }
      case .pool(let total):
        // Where in the pool they go is decided by scores; any distribution has the same total.
        var excess = survivors[round - 1] - total
        for index in layers.indices {
          let removed = min(excess, layers[index].survivors)
          layers[index].survivors -= removed
          excess -= removed
        }
      }
      survivors.append(quota.total)
    }
    self.survivors = survivors
  }

  /// The sparsity after each round from 0 on, 0…1.
  package var sparsities: [Double] {
    survivors.map { count == 0 ? 0 : Double(count - $0) / Double(count) }
  }
}
