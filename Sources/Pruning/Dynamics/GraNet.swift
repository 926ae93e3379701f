import CoppiceTerms

extension Dynamics {
  /// Gradual pruning with regeneration: at every moment of `gradual` the trial's criterion prunes to the cubic sparsity. Then a fraction
  /// of each layer's survivors, the smallest, make room for as many weights of the largest |∂L/∂w|. The count stays that of the cubic.
  ///
  /// This is its dense-to-sparse form. S. Liu et al., "Sparse training via boosting pruning plasticity with neuroregeneration", NeurIPS
  /// 2021.
  ///
  /// - Parameters:
  ///   - drop: the fraction of a layer's survivors that an update replaces, which falls until the end.
  ///   - begin: the step of the first move.
  ///   - end: the last move comes then, or less than an interval before.
  ///   - interval: steps between moves.
  public static func granet(
    drop: DropFraction = .cosine(0.5), from begin: Budget = .share(0), to end: Budget = .share(0.5),
    every interval: Budget = .iterations(100)
  ) -> Dynamics {
    let course = SparsityCourse(MoveTimes("granet", from: begin, to: end, every: interval))
    return Dynamics(
      "granet", version: 1,
      fields: drop.fields + [
        ("from", begin.specificationValue), ("to", end.specificationValue),
        ("every", interval.specificationValue),
      ],
      regrows: true, requires: { try $0.requireSingleWeights(for: "granet") },
      moves: course.times.moves,
      target: { moment, ratio in try course.sparsity(at: moment, ratio: ratio).map(PruningTarget.sparsity) }
    ) { context in
      let moment = context.moment
      guard let sparsity = try course.sparsity(at: moment, ratio: context.ratio) else { return context.masks }
      // The gradients of the network that was trained, before anything goes.
      let gradients = try context.gradientMagnitudes(for: "granet")
      let fraction = drop.fraction(at: moment.step, of: try moment.steps(end))
      let pruned = try context.prune(to: .sparsity(sparsity))
      return DynamicMasks(
        active: try context.replacing(fraction, in: pruned, for: "granet") { name, kept, count in
          context.growing(count, to: kept, of: name, by: gradients[name] ?? [])
        })
    }
  }
}

extension Shipped<Dynamics> {
  static let granet = Shipped(
    .granet(), "prunes along a cubic, and at each move grows again where gradients are largest",
    paper: "Liu et al. 2021"
  ) { fields in
    .granet(
      drop: try fields.drop(default: .cosine(0.5)), from: try fields.budget("from", default: .share(0)),
      to: try fields.budget("to", default: .share(0.5)),
      every: try fields.budget("every", default: .iterations(100)))
  }
}
