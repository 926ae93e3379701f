import CoppiceTensors
import CoppiceTerms

extension Dynamics {
  /// A sparse training with a constant number of weights. Before the first step the trial's criterion removes the pruning ratio; random
  /// is that of the papers. At the steps Δt, 2·Δt, … < T_end an update replaces a fraction of the survivors. Grown weights begin at 0,
  /// and so do their moments. Every step of the training is made, those of the updates too.
  ///
  /// - Parameters:
  ///   - requires: refuses what it cannot move.
  ///   - first: what it makes of the criterion's masks.
  ///   - update: the masks after an update, and the fraction that it replaces.
  static func rewiring(
    _ name: String, version: Int, drop: DropFraction, every interval: Budget, to end: Budget,
    fields: [(name: String, value: Specification.Value)] = [],
    requires: @escaping @Sendable (PruningSetup) throws -> Void,
    first: @escaping @Sendable (DynamicsContext) throws -> MaskSet = { context in
      try context.prune(to: .sparsity(context.ratio ?? 0))
    },
    update: @escaping @Sendable (DynamicsContext, _ fraction: Double) throws -> MaskSet
  ) -> Dynamics {
    let times = MoveTimes(name, from: .iterations(0), to: end, every: interval)
    return Dynamics(
      name, version: version,
      fields: drop.fields
        + [("every", interval.specificationValue), ("to", end.specificationValue)] + fields,
      regrows: true, requires: requires,
      moves: times.moves,
      isDue: { moment in
        try times.place(of: moment).map { try $0.move == 0 || moment.step < moment.steps(end) } ?? false
      },
      target: { _, ratio in .sparsity(ratio ?? 0) }
    ) { context in
      let moment = context.moment
      if moment.step == 0 { return DynamicMasks(active: try first(context)) }
      let fraction = drop.fraction(at: moment.step, of: try moment.steps(end))
      return DynamicMasks(active: try update(context, fraction))
    }
  }
}
