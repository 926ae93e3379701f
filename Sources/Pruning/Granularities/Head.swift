import CoppiceTerms

extension Granularity {
  /// Attention heads. A head has its rows of queries, keys and values in the packed projection `[3 · width, width]`, their biases,
  /// and the columns of the output projection `[width, width]` that read it. Only these weights are prunable. The graph says which
  /// they are: groups of slices labelled `head`.
  ///
  /// P. Michel, O. Levy, G. Neubig, "Are sixteen heads really better than one?", NeurIPS 2019, scores a head by the gradient at a
  /// gate on it and divides by the L2 norm of its layer's scores. Here a head's score is made of those of its weights;
  /// `normalised: true` divides in the same way.
  public static let head = head()

  /// `head` with scores other than the mean.
  public static func head(aggregate: Aggregate = .mean, normalised: Bool = false) -> Granularity {
    Granularity("head", version: 2, aggregate: aggregate, normalised: normalised) { context in
      context.structure.heads.map { Unit($0.slices) }
    }
  }
}

extension Shipped<Granularity> {
  static let head = Shipped(.head, "all weights of an attention head", paper: "Michel et al. 2019") {
    fields in
    let (aggregate, normalised) = try fields.aggregation()
    return .head(aggregate: aggregate, normalised: normalised)
  }
}
