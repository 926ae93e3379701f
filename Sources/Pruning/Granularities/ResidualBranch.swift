import CoppiceTerms

extension Granularity {
  /// Residual branches: all of `f` in `x + f(x)`, so that x alone is left of the sum. A normalisation before the branch goes with it; one
  /// behind the sum stays. A removed branch says nothing and costs nothing.
  ///
  /// The graph says which sums have a branch. Where the shortcut has weights of its own, because shapes differ, there is none.
  ///
  /// Branches of the same shapes are of one family, of which one stays where not said: `floor: 0` lets all go. G. Huang, Y. Sun, Z. Liu,
  /// D. Sedra, K. Weinberger, "Deep networks with stochastic depth", ECCV 2016, drop whole branches while training; A. Fan, E. Grave,
  /// A. Joulin, "Reducing transformer depth on demand with structured dropout", ICLR 2020, leave out those of transformers.
  public static let residualBranch = residualBranch()

  /// `residualBranch` with other scores or other rules.
  /// - Parameters:
  ///   - aggregate: how the scores of weights become that of a branch.
  ///   - normalised: whether the scores of units in the same layers are divided by their L2 norm.
  ///   - coupling: whether ranks are compared, to which multiple is rounded, and how many branches of a family stay at least.
  public static func residualBranch(
    aggregate: Aggregate = .mean, normalised: Bool = false, coupling: Coupling = Coupling()
  ) -> Granularity {
    Granularity(
      parts: "residual-branch", version: 1, aggregate: aggregate, normalised: normalised, coupling: coupling
    ) { $0.structure.branches }
  }
}

extension Shipped<Granularity> {
  static let residualBranch = Shipped(
    .residualBranch, "a residual branch, so that its shortcut alone is left", paper: "Huang et al. 2016"
  ) { fields in
    let ((aggregate, normalised), coupling) = (try fields.aggregation(), try fields.coupling())
    return .residualBranch(aggregate: aggregate, normalised: normalised, coupling: coupling)
  }
}
