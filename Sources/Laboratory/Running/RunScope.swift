/// What of a plan a run does.
package enum RunScope: Hashable, Sendable {
  /// All of it.
  case everything
  /// Some stages, and what they build on where that is missing. No trial is put together, and no summary is written.
  case stages(Set<StageKey>)
  /// The files of trials whose stages are there, the analyses, and the summary. No stage of a trial is made.
  case assembly

  /// Whether trials are put together.
  var hasTrials: Bool { if case .stages = self { false } else { true } }
}
