import CoppiceAutodiff
import CoppiceTerms

extension Granularity {
  /// Features of a transformer's stream, each with everything it touches: the columns of the embeddings, scale and shift of every
  /// normalisation, what every block reads of it and adds to it, and the columns of what reads the stream at the end.
  ///
  /// A normalisation keeps the width it had: mean and variance of a smaller row are those of the whole row in which the removed
  /// features are 0.
  public static let embeddingWidth = embeddingWidth()

  /// `embeddingWidth` with other scores or other rules.
  /// - Parameters:
  ///   - aggregate: how the scores of weights become that of a feature.
  ///   - normalised: whether the scores of units in the same layers are divided by their L2 norm.
  ///   - coupling: whether ranks are compared, to which multiple is rounded, and how many features stay at least.
  public static func embeddingWidth(
    aggregate: Aggregate = .mean, normalised: Bool = false, coupling: Coupling = Coupling()
  ) -> Granularity {
    Granularity(
      coupled: "embedding-width", version: 1, aggregate: aggregate, normalised: normalised, coupling: coupling
    ) { $0.structure.embeddingWidth }
  }
}

extension Shipped<Granularity> {
  static let embeddingWidth = Shipped(
    .embeddingWidth, "a feature of a transformer's stream, with all that makes and reads it",
    paper: "Fang et al. 2023"
  ) { fields in
    let ((aggregate, normalised), coupling) = (try fields.aggregation(), try fields.coupling())
    return .embeddingWidth(aggregate: aggregate, normalised: normalised, coupling: coupling)
  }
}
