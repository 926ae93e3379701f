import CoppiceTerms

extension Dynamics {
  /// Rigging the lottery: every so often the smallest weights of each layer go, and as many grow where the loss would fall most, at the
  /// largest |∂L/∂w| of all weights that are not kept. The gradient is that of the sparse network on a batch of training data.
  ///
  /// The paper draws the first masks (`criterion=random`) with the densities of `allocation=erdos-renyi-kernel`.
  ///
  /// U. Evci et al., "Rigging the lottery: making all tickets winners", ICML 2020.
  ///
  /// - Parameters:
  ///   - drop: the fraction of a layer's survivors that an update replaces.
  ///   - interval: ΔT, steps between updates.
  ///   - end: T_end: there is no update at this step or later.
  public static func rigl(
    drop: DropFraction = .cosine(0.3), every interval: Budget = .iterations(100),
    to end: Budget = .share(0.75)
  ) -> Dynamics {
    .rewiring(
      "rigl", version: 1, drop: drop, every: interval, to: end,
      requires: { try $0.requireSingleWeights(for: "rigl") }
    ) { context, fraction in
      let gradients = try context.gradientMagnitudes(for: "rigl")
      return try context.replacing(fraction, in: context.masks.active, for: "rigl") { name, kept, count in
        context.growing(count, to: kept, of: name, by: gradients[name] ?? [])
      }
    }
  }
}

extension Shipped<Dynamics> {
  static let rigl = Shipped(
    .rigl(),
    "as many weights throughout, first by criterion=random: the smallest go, others grow where gradients are largest",
    paper: "Evci et al. 2020"
  ) { fields in
    .rigl(
      drop: try fields.drop(default: .cosine(0.3)),
      every: try fields.budget("every", default: .iterations(100)),
      to: try fields.budget("to", default: .share(0.75)))
  }
}
