import CoppiceTensors
import CoppiceTerms

extension Dynamics {
  /// Top-KAST: always sparse in both directions, with two sets. The forward set A, which the trial's criterion keeps of all weights at the
  /// pruning ratio, takes part in the forward pass. The backward set B ⊇ A, kept at a lower sparsity, is trained: a weight outside A that
  /// grows large enters it. Weights outside B keep their values. At the last move B becomes A, and what is outside is 0 from then on.
  ///
  /// The paper's criterion is magnitude. Its penalty on weights in B alone is a loss and no part of this.
  ///
  /// S. Jayakumar et al., "Top-KAST: top-K always sparse training", NeurIPS 2020.
  ///
  /// - Parameters:
  ///   - backward: the sparsity of B as a fraction of the pruning ratio, 0…1.
  ///   - interval: steps between moves.
  ///   - end: the last move comes then, or less than an interval before.
  public static func topKAST(
    backward: Double = 0.5, every interval: Budget = .iterations(100), to end: Budget = .share(0.75)
  ) -> Dynamics {
    let times = MoveTimes("top-kast", from: .iterations(0), to: end, every: interval)
    return Dynamics(
      "top-kast", version: 1,
      fields: [
        ("backward", .number(backward)), ("every", interval.specificationValue),
        ("to", end.specificationValue),
      ],
      regrows: true, requires: { try $0.requireSingleWeights(for: "top-kast", byRow: true) },
      moves: times.moves, target: { _, ratio in .sparsity(ratio ?? 0) }
    ) { context in
      guard let (move, last) = try times.place(of: context.moment) else { return context.masks }
      let (all, ratio) = (context.masks.active.filledUp, context.ratio ?? 0)
      let forward = try context.prune(all, to: .sparsity(ratio))
      if move == last { return DynamicMasks(active: forward) }
      let trained = try context.prune(all, to: .sparsity(backward * ratio))
      return DynamicMasks(active: forward, trained: trained.union(forward))
    }
  }
}

extension Shipped<Dynamics> {
  static let topKAST = Shipped(
    .topKAST(), "the largest of all weights take part, and those of a larger set are trained",
    paper: "Jayakumar et al. 2020"
  ) { fields in
    .topKAST(
      backward: try fields.share("backward", default: 0.5),
      every: try fields.budget("every", default: .iterations(100)),
      to: try fields.budget("to", default: .share(0.75)))
  }
}
