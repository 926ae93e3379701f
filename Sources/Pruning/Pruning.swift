import CoppiceTensors

/// What a round of pruning came to.
package struct Pruning: Hashable, Sendable {
  package let masks: MaskSet
  package let report: PruningReport
  /// All parameters after the cut, where the criterion moves survivors; `nil` where they stay as they were.
  package let weights: ParameterSet?
  /// The running statistics that go with them; `nil` where they stay as they were.
  package var statistics: ParameterSet?
}
