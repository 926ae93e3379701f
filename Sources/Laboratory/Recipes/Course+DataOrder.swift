import CoppicePruning

extension Course {
  /// Puts copies that are trained in the trial's data order in the place of the networks of all reported rounds. What networks are
  /// pruned and rewound stay those of the seed's own order, so that the copies have the masks of one ticket.
  mutating func takeDataOrder() throws {
    let order = trial.dataOrder
    guard order.number != 0 else { return }
    let step = try order.start.steps(total: regimen.total, perEpoch: regimen.perEpoch)
    guard step < regimen.total else {
      throw DataOrderError.pastEnd(order, step: step, total: regimen.total)
    }
    for place in rounds.indices {
      let round = rounds[place]
      guard let key = round[.training] else { continue }
      guard let training = graph[key] as? TrainingStage, training.steps > 0 else {
        throw DataOrderError.untrained(order, round: round.index)
      }
      rounds[place] = round.replacing(key, by: try copy(of: training, in: order, from: step))
    }
  }

  /// The same training in another order from a step of the dense training on. The steps before it are a stage that all orders share,
  /// whose moments go along.
  private mutating func copy(
    of training: TrainingStage, in order: DataOrder, from step: Int
  ) throws(DataOrderError) -> StageKey {
    let shared = step - training.firstStep
    guard shared > 0 else { return add(training.inOrder(order.number)) }
    // All of it comes before the step.
    guard shared < training.steps else { return training.key }
    if let what = training.indivisible { throw .inside(order, what: what) }
    let beginning = training.beginning(shared)
    add(beginning)
    return add(training.goingOn(from: beginning, inOrder: order.number))
  }
}
