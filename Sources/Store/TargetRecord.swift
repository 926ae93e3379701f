/// What is left of what a trial's target counts: FLOPs, parameters, bytes, seconds.
package struct TargetRecord: Hashable, Sendable {
  /// Before any pruning.
  package var whole: Double
  /// What is asked to be left.
  package var asked: Double
  /// What is left.
  package var achieved: Double

  /// A record of these numbers.
  package init(whole: Double, asked: Double, achieved: Double) {
    (self.whole, self.asked, self.achieved) = (whole, asked, achieved)
  }

  /// The share of the whole that is to go, 0…1.
  package var askedShare: Double { whole > 0 ? 1 - asked / whole : 0 }

  /// The share of the whole that is gone, 0…1.
  package var achievedShare: Double { whole > 0 ? 1 - achieved / whole : 0 }
}
