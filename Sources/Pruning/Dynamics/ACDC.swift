import CoppiceTensors
import CoppiceTerms

extension Dynamics {
  /// Alternating compressed and decompressed training: after a dense beginning, phases of equal length follow each other. A compressed
  /// one begins with a pruning to the ratio by the trial's criterion, a dense one with every weight back, at 0. The last phase is
  /// compressed, with the masks of the result.
  ///
  /// The paper's criterion is magnitude. A. Peste et al., "AC/DC: alternating compressed/decompressed training of deep neural networks",
  /// NeurIPS 2021.
  ///
  /// - Parameters:
  ///   - begin: the step at which the dense beginning ends.
  ///   - end: the last compressed phase begins then, or up to two intervals before.
  ///   - interval: steps of a phase.
  public static func acDC(
    from begin: Budget = .share(0.1), to end: Budget = .share(0.8), every interval: Budget = .share(0.05)
  ) -> Dynamics {
    let times = MoveTimes("ac-dc", from: begin, to: end, every: interval)
    // Whether a moment begins a dense phase; the last one that has room is left out.
    @Sendable func isDense(_ moment: DynamicsMoment) throws -> Bool? {
      guard let (move, last) = try times.place(of: moment), move % 2 == 0 || move < last else { return nil }
      return move % 2 == 1
    }
    return Dynamics(
      "ac-dc", version: 1,
      fields: [
        ("from", begin.specificationValue), ("to", end.specificationValue),
        ("every", interval.specificationValue),
      ],
      regrows: true, moves: times.moves, isDue: { try isDense($0) != nil },
      target: { moment, ratio in try isDense(moment).map { .sparsity($0 ? 0 : ratio ?? 0) } }
    ) { context in
      let all = context.masks.active.filledUp
      let isDense = try isDense(context.moment) ?? true
      return DynamicMasks(
        active: isDense ? all : try context.prune(all, to: .sparsity(context.ratio ?? 0)))
    }
  }
}

extension Shipped<Dynamics> {
  static let acDC = Shipped(
    .acDC(), "phases at the pruning ratio and dense ones in turn, the last one sparse",
    paper: "Peste et al. 2021"
  ) { fields in
    .acDC(
      from: try fields.budget("from", default: .share(0.1)),
      to: try fields.budget("to", default: .share(0.8)),
      every: try fields.budget("every", default: .share(0.05)))
  }
}
