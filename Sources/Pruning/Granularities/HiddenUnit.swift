import CoppiceAutodiff
import CoppiceTerms

extension Granularity {
  /// Hidden units of linear layers, with all that is tied to them: the row that makes the unit, its bias, and the column that reads it.
  /// In a perceptron these are its neurons, in a transformer the feed-forward width of each block.
  ///
  /// `neuron` removes the row alone: the column that reads it stays, with no more to multiply than zeros. Here the column goes as
  /// well, and counts.
  public static let hiddenUnit = hiddenUnit()

  /// `hiddenUnit` with other scores or other rules.
  /// - Parameters:
  ///   - aggregate: how the scores of weights become that of a unit.
  ///   - normalised: whether the scores of units in the same layers are divided by their L2 norm.
  ///   - coupling: whether ranks are compared, to which multiple is rounded, and how many units stay at least.
  public static func hiddenUnit(
    aggregate: Aggregate = .mean, normalised: Bool = false, coupling: Coupling = Coupling()
  ) -> Granularity {
    Granularity(
      coupled: "hidden-unit", version: 1, aggregate: aggregate, normalised: normalised, coupling: coupling
    ) { $0.structure.hiddenUnits }
  }
}

extension Shipped<Granularity> {
  static let hiddenUnit = Shipped(
    .hiddenUnit, "a hidden unit of linear layers: its row, its bias and the column that reads it",
    paper: "Fang et al. 2023", aliases: ["feed-forward-width"]
  ) { fields in
    let ((aggregate, normalised), coupling) = (try fields.aggregation(), try fields.coupling())
    return .hiddenUnit(aggregate: aggregate, normalised: normalised, coupling: coupling)
  }
}
