import CoppiceTerms

extension Granularity {
  /// Attention heads. A head has its rows of queries, keys and values in the packed projection `[3 · width, width]`, their biases,
  /// and the columns of the output projection `[width, width]` that read it. Only these weights are prunable. The graph says which
  /// they are: groups of slices labelled `head`.
  ///
  /// P. Michel, O. Levy, G. Neubig, "Are sixteen heads really better than one?", NeurIPS 2019, scores a head by the gradient at a
  /// gate on it and divides by the L2 norm of its layer's scores. Here a head's score is made of those of its weights;
  /// `normalised: true` divides in the same way.
  ///
  /// Where nothing else is said, a quota of layers counts in each attention, and an attention may lose all its heads. With a coupling
  /// the heads of one attention are a family: `head(floor: 1)` leaves each one head.
  public static let head = head()

  /// `head` with scores other than the mean, or with rules by which heads are selected.
  /// - Parameters:
  ///   - aggregate: how the scores of weights become that of a head.
  ///   - normalised: whether the scores of an attention's heads are divided by their L2 norm.
  ///   - coupling: whether ranks are compared, to which multiple is rounded, and how many heads of an attention stay at least; `nil` for
  ///     none of it.
  public static func head(
    aggregate: Aggregate = .mean, normalised: Bool = false, coupling: Coupling? = nil
  ) -> Granularity {
    let plain = Granularity("head", version: 2, aggregate: aggregate, normalised: normalised) { context in
      context.structure.heads.map { Unit($0.slices) }
    }
    return coupling.map(plain.coupled) ?? plain
  }
}

extension Shipped<Granularity> {
  static let head = Shipped(.head, "all weights of an attention head", paper: "Michel et al. 2019") {
    fields in
    let ((aggregate, normalised), coupling) = (try fields.aggregation(), try fields.couplingIfAny())
    return .head(aggregate: aggregate, normalised: normalised, coupling: coupling)
  }
}
