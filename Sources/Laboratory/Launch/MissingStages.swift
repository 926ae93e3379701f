import CoppiceStore
import CoppiceTerms

/// What of a plan is still to be run, told by what lies on disk alone. Nothing is changed there.
package struct MissingStages: Sendable {
  /// The stages to run, by their places in the plan, parents first. Those that a training leaves on its way are among them.
  package let places: [Int]
  /// The stages from which trials are put together that have no file yet, or none that says how they ended.
  package let results: Set<StageKey>
  /// How many trials have none.
  package let trials: Int
  /// Whether the summary is there.
  package let hasSummary: Bool

  /// Looks at the results of a plan.
  ///
  /// - Parameter retriesFailed: whether trials are to be run again that failed and are set aside; else they are nobody's work.
  /// - Throws: `StoreError` where they cannot be read.
  package init(_ plan: SweepPlan, in folder: ResultsFolder, retriesFailed: Bool = false) throws {
    let plan = plan.keepingNames(of: folder.trials(of: plan.name))
    let stages = Dictionary(plan.stages.map { ($0.key, $0) }) { first, _ in first }
    let outputs = RecentStages(folder.stages) { stages[$0]?.fault(in: $1) }
    let known = try TrialReuse.known(
      plan, in: folder, outputs, distinctions: plan.distinctions, withFailures: !retriesFailed,
      setsAside: false, observe: { _ in })
    let queue = WorkQueue(
      plan.stages, trials: plan.trials.map(\.results), finished: Set(known.outcomes.keys),
      ending: { outputs.usableEnding($0, observe: { _ in }) })
    places = (queue.stagesToRun + queue.stagesToRun.flatMap(queue.leftOnTheWay)).sorted()
    results = Set(
      plan.trials.indices.filter { known.outcomes[$0] == nil }.flatMap { plan.trials[$0].results })
    trials = plan.trials.count - known.outcomes.count
    let setAside = Set(known.failures.keys.map { plan.trials[$0].name })
    hasSummary =
      (try? SummaryFile.rows(folder.summary(of: plan.name)))?.allSatisfy { row in
        row.status.isFinished || row.status == .failed && setAside.contains(row.trial)
      } ?? false
  }

  /// Whether trials and summary are there as well.
  package var isNothing: Bool { places.isEmpty && trials == 0 && hasSummary }
}

extension RecentStages {
  /// How a stored stage ends the trials that build on it, if it does; `nil` for one that must be run: it is not there, it cannot be
  /// read, or something did not hold of it.
  func usableEnding(_ key: StageKey, observe: (RunEvent) -> Void) -> TrialStatus?? {
    do throws(StoreError) {
      return try readFile(key).flatMap { $0.outcome.fault == nil ? .some($0.outcome.ending) : nil }
    } catch {
      observe(.passedOver(error))
      return nil
    }
  }
}
