import CoppiceStore

/// Which stages of a plan ended by an error when they were last tried, as the journal tells. Those that run them may be other
/// processes than the one that puts trials together.
enum StageFailures {
  /// Their places in the plan, with the errors. Whether one is stored meanwhile, its file says.
  static func last(of plan: SweepPlan, in results: ResultsFolder) -> [(place: Int, message: String)] {
    let entries = (try? Journal.entries(of: JournalEntry.self, in: results.journal(of: plan.name))) ?? []
    var messages: [String: String] = [:]
    for entry in entries where entry.event == .stage {
      if let key = entry.stage { messages[key] = entry.message }
    }
    return messages.isEmpty
      ? []
      : plan.stages.enumerated().compactMap { place, stage in
        messages[stage.key.hexadecimal].map { (place, $0) }
      }
  }
}
