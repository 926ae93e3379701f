import CoppiceTerms

extension Dynamics {
  /// Gradual pruning: the network is pruned while it is trained, fast at first and slower towards the end. At the moments
  /// t₀, t₀ + Δt, …, t₀ + n·Δt the sparsity is
  ///
  ///     s(t) = s_f · (1 − (1 − (t − t₀) / (n·Δt))³)
  ///
  /// or that of another curve, where s_f is the trial's pruning ratio. Which weights go is for the criterion to say: it scores what is left, with the network
  /// as it stands. Masks only shrink.
  ///
  /// M. Zhu, S. Gupta, "To prune, or not to prune: exploring the efficacy of pruning for model compression", 2017, with the
  /// initial sparsity 0.
  ///
  /// - Parameters:
  ///   - begin: t₀, a share of the training or steps.
  ///   - end: t₀ + n·Δt at the most. The last move comes then, or less than Δt before.
  ///   - interval: Δt.
  ///   - curve: how the sparsity rises.
  public static func gradual(
    from begin: Budget = .share(0), to end: Budget = .share(0.5), every interval: Budget = .iterations(100),
    curve: SparsityCurve = .cubic
  ) -> Dynamics {
    let course = SparsityCourse(MoveTimes("gradual", from: begin, to: end, every: interval), curve)
    return Dynamics(
      "gradual", version: 1,
      fields: [
        ("from", begin.specificationValue), ("to", end.specificationValue),
        ("every", interval.specificationValue),
      ] + (curve == .cubic ? [] : [("curve", .text(curve.rawValue))]),
      moves: course.times.moves,
      target: { moment, ratio in try course.sparsity(at: moment, ratio: ratio).map(PruningTarget.sparsity) }
    ) { context in
      guard let sparsity = try course.sparsity(at: context.moment, ratio: context.ratio) else {
        return context.masks
      }
      return DynamicMasks(active: try context.prune(to: .sparsity(sparsity)))
    }
  }
}

extension Shipped<Dynamics> {
  static let gradual = Shipped(
    .gradual(), "prunes while the network is trained, along a cubic or another curve to the pruning ratio",
    paper: "Zhu and Gupta 2017"
  ) { fields in
    .gradual(
      from: try fields.budget("from", default: .share(0)), to: try fields.budget("to", default: .share(0.5)),
      every: try fields.budget("every", default: .iterations(100)), curve: try fields.curve())
  }
}
