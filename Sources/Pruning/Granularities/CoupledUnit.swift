import CoppiceAutodiff
import CoppiceTerms

extension Granularity {
  /// Everything that can be cut out of a network: channels, hidden units, attention heads and features of a stream, each with all that
  /// is tied to it. What competes with each other is of unequal size, so that scores are means where not said.
  public static let coupledUnit = coupledUnit()

  /// `coupledUnit` with other scores or other rules.
  /// - Parameters:
  ///   - aggregate: how the scores of weights become that of a unit.
  ///   - normalised: whether the scores of units in the same layers are divided by their L2 norm.
  ///   - coupling: whether ranks are compared, to which multiple is rounded, and how many units of a family stay at least.
  public static func coupledUnit(
    aggregate: Aggregate = .mean, normalised: Bool = false, coupling: Coupling = Coupling()
  ) -> Granularity {
    Granularity(
      coupled: "coupled-unit", version: 1, aggregate: aggregate, normalised: normalised, coupling: coupling
    ) { $0.structure.removable }
  }
}

extension Shipped<Granularity> {
  static let coupledUnit = Shipped(
    .coupledUnit, "any unit that can be cut out: channel, hidden unit, head or feature",
    paper: "Fang et al. 2023"
  ) { fields in
    let ((aggregate, normalised), coupling) = (try fields.aggregation(), try fields.coupling())
    return .coupledUnit(aggregate: aggregate, normalised: normalised, coupling: coupling)
  }
}
