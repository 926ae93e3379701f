import CoppiceTerms

extension Dynamics {
  /// Sparse evolutionary training: every so often the smallest weights of each layer go, and as many grow at random places of it.
  ///
  /// The paper draws the first masks (`criterion=random`) with the densities of `allocation=erdos-renyi`, and replaces 30 % after every
  /// pass over the data until the training ends.
  ///
  /// D. Mocanu et al., "Scalable training of artificial neural networks with adaptive sparse connectivity inspired by network science",
  /// Nature Communications 2018.
  ///
  /// - Parameters:
  ///   - drop: the fraction of a layer's survivors that an update replaces.
  ///   - interval: steps between updates.
  ///   - end: there is no update at this step or later.
  public static func set(
    drop: DropFraction = .constant(0.3), every interval: Budget = .epochs(1), to end: Budget = .share(1)
  ) -> Dynamics {
    .rewiring(
      "set", version: 1, drop: drop, every: interval, to: end,
      requires: { try $0.requireSingleWeights(for: "set") }
    ) { context, fraction in
      try context.replacing(fraction, in: context.masks.active, for: "set") { name, kept, count in
        try context.growing(count, to: kept, of: name)
      }
    }
  }
}

extension Shipped<Dynamics> {
  static let set = Shipped(
    .set(),
    "as many weights throughout, first by criterion=random: the smallest go, others grow at random places",
    paper: "Mocanu et al. 2018"
  ) { fields in
    .set(
      drop: try fields.drop(default: .constant(0.3)), every: try fields.budget("every", default: .epochs(1)),
      to: try fields.budget("to", default: .share(1)))
  }
}
