import CoppiceTensors
import CoppiceTerms

extension Dynamics {
  /// Soft pruning: every so often the trial's criterion chooses anew, among all filters, those that count as 0. They are trained on like
  /// the others, so that one that becomes important comes back. With the last move the choice is final: what is removed is 0 from then
  /// on, and no longer trained.
  ///
  /// The paper's filters are chosen by their L2 norm in every layer: `granularity=filter`, `criterion=magnitude(norm: l2)`,
  /// `allocation=layer-wise`. It sets them to 0 once an epoch and lets them take part in the next. Here they keep their values, and take
  /// part again once they are chosen. The bias of a filter that is out goes on, or no gradient would come through a rectifier.
  ///
  /// Y. He et al., "Soft filter pruning for accelerating deep convolutional neural networks", IJCAI 2018.
  ///
  /// - Parameters:
  ///   - interval: steps between moves.
  ///   - end: the last move comes then, or less than an interval before.
  public static func softFilter(
    every interval: Budget = .epochs(1), to end: Budget = .share(0.75)
  ) -> Dynamics {
    let times = MoveTimes("soft-filter", from: .iterations(0), to: end, every: interval)
    return Dynamics(
      "soft-filter", version: 1,
      fields: [("every", interval.specificationValue), ("to", end.specificationValue)], regrows: true,
      moves: times.moves, isDue: { try (times.place(of: $0)?.move ?? 0) > 0 },
      target: { _, ratio in .sparsity(ratio ?? 0) }
    ) { context in
      guard let (move, last) = try times.place(of: context.moment) else { return context.masks }
      let all = context.masks.active.filledUp
      let active = try context.prune(all, to: .sparsity(context.ratio ?? 0))
      return move == last
        ? DynamicMasks(active: active) : DynamicMasks(active: active.counted, trained: all)
    }
  }
}

extension Shipped<Dynamics> {
  static let softFilter = Shipped(
    .softFilter(), "filters that are out are trained on and may come back, until the last choice",
    paper: "He et al. 2018"
  ) { fields in
    .softFilter(
      every: try fields.budget("every", default: .epochs(1)),
      to: try fields.budget("to", default: .share(0.75)))
  }
}
