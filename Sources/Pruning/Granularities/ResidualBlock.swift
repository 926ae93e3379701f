import CoppiceTerms

extension Granularity {
  /// Blocks of a residual network, layers of a transformer: all residual branches in each together, so that what the block is given goes
  /// through. What is normalised behind a sum stays, as with `residualBranch`.
  ///
  /// The graph says which parts of the model are such blocks. One that changes shape has no identity and stays.
  ///
  /// Blocks of the same shapes are of one family, of which one stays where not said: `floor: 0` lets all go. H. Sajjad, F. Dalvi,
  /// N. Durrani, P. Nakov, "On the effect of dropping layers of pre-trained transformer models", 2020.
  public static let residualBlock = residualBlock()

  /// `residualBlock` with other scores or other rules.
  /// - Parameters:
  ///   - aggregate: how the scores of weights become that of a block.
  ///   - normalised: whether the scores of units in the same layers are divided by their L2 norm.
  ///   - coupling: whether ranks are compared, to which multiple is rounded, and how many blocks of a family stay at least.
  public static func residualBlock(
    aggregate: Aggregate = .mean, normalised: Bool = false, coupling: Coupling = Coupling()
  ) -> Granularity {
    Granularity(
      parts: "residual-block", version: 1, aggregate: aggregate, normalised: normalised, coupling: coupling
    ) { $0.structure.blocks }
  }
}

extension Shipped<Granularity> {
  static let residualBlock = Shipped(
    .residualBlock, "all branches of a block or layer, so that what it is given goes through",
    paper: "Sajjad et al. 2020", aliases: ["layer"]
  ) { fields in
    let ((aggregate, normalised), coupling) = (try fields.aggregation(), try fields.coupling())
    return .residualBlock(aggregate: aggregate, normalised: normalised, coupling: coupling)
  }
}
