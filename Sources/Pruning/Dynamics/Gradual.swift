import CoppiceTerms

extension Dynamics {
  /// Gradual pruning: the network is pruned while it is trained, fast at first and slower towards the end. At the moments
  /// t₀, t₀ + Δt, …, t₀ + n·Δt the sparsity is
  ///
  ///     s(t) = s_f · (1 − (1 − (t − t₀) / (n·Δt))³)
  ///
  /// where s_f is the trial's pruning ratio. Which weights go is for the criterion to say: it scores what is left, with the network
  /// as it stands. Masks only shrink.
  ///
  /// M. Zhu, S. Gupta, "To prune, or not to prune: exploring the efficacy of pruning for model compression", 2017, with the
  /// initial sparsity 0.
  ///
  /// - Parameters:
  ///   - begin: t₀, a share of the training or steps.
  ///   - end: t₀ + n·Δt at the most. The last move comes then, or less than Δt before.
  ///   - interval: Δt.
  public static func gradual(
    from begin: Budget = .share(0), to end: Budget = .share(0.5), every interval: Budget = .iterations(100)
  ) -> Dynamics {
    let cubic = CubicSparsity(begin: begin, end: end, interval: interval)
    return Dynamics(
      "gradual", version: 1,
      fields: [
        ("from", begin.specificationValue), ("to", end.specificationValue),
        ("every", interval.specificationValue),
      ],
      onlyShrinks: true, isDue: { try cubic.progress(at: $0) != nil },
      target: { moment, ratio in try cubic.sparsity(at: moment, ratio: ratio).map(PruningTarget.sparsity) }
    ) { context in
      guard let sparsity = try cubic.sparsity(at: context.moment, ratio: context.ratio) else {
        return context.masks
      }
      return DynamicMasks(active: try context.prune(to: .sparsity(sparsity)))
    }
  }
}

extension Shipped<Dynamics> {
  static let gradual = Shipped(
    .gradual(), "prunes while the network is trained, along a cubic to the pruning ratio",
    paper: "Zhu and Gupta 2017"
  ) { fields in
    .gradual(
      from: try fields.budget("from", default: .share(0)), to: try fields.budget("to", default: .share(0.5)),
      every: try fields.budget("every", default: .iterations(100)))
  }
}

/// The sparsity along a cubic.
private struct CubicSparsity: Sendable {
  let begin: Budget
  let end: Budget
  let interval: Budget

  /// How far between the first and the last move a moment lies, 0…1; `nil` where masks do not move.
  func progress(at moment: DynamicsMoment) throws -> Double? {
    let (first, last) = (try moment.steps(begin), try moment.steps(end))
    let step = max(1, try moment.steps(interval))
    let count = (last - first) / step
    guard count >= 1 else {
      throw ComponentError.refused(
        "dynamics gradual",
        "from step \(first) to step \(last) there is no room for a move after \(step) steps; let it end later (to), begin "
          + "earlier (from) or move more often (every)")
    }
    guard last <= moment.total else {
      throw ComponentError.refused(
        "dynamics gradual",
        "it ends at step \(last) of a training of \(moment.total) steps, so its ratio is never reached; let it end earlier (to)"
      )
    }
    let passed = moment.step - first
    guard passed >= 0, passed % step == 0, passed / step <= count else { return nil }
    return Double(passed / step) / Double(count)
  }

  /// The sparsity after the move of a moment.
  func sparsity(at moment: DynamicsMoment, ratio: Double?) throws -> Double? {
    guard let progress = try progress(at: moment) else { return nil }
    let ratio = ratio ?? 0
    if progress == 1 { return ratio }
    let left = 1 - progress
    return ratio * (1 - left * left * left)
  }
}
