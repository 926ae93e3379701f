import CoppiceStore

/// Which stages of a plan ended by an error when they were last tried, as the journal tells. Those that run them may be other
/// processes than the one that puts trials together.
enum StageFailures {
  /// Their places in the plan, with the errors. Whether one is stored meanwhile, its file says.
  static func last(of plan: SweepPlan, in results: ResultsFolder) -> [(place: Int, failure: TrialFailure)] {
    let entries = (try? Journal.entries(of: JournalEntry.self, in: results.journal(of: plan.name))) ?? []
    var failures: [String: TrialFailure] = [:]
    for entry in entries where entry.event == .stage {
      guard let key = entry.stage else { continue }
      failures[key] = entry.message.map { TrialFailure($0, isLasting: entry.lasts ?? false) }
    }
    return failures.isEmpty
      ? []
      : plan.stages.enumerated().compactMap { place, stage in
        failures[stage.key.hexadecimal].map { (place, $0) }
      }
  }
}
