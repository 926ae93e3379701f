import CoppiceStore
import CoppiceTerms

/// The stages that unfinished sweeps among some results still need: what is removed of them is computed again.
///
/// A summary says which trials of a sweep have a result, and holds the settings of the others, from which they are planned again. So a
/// sweep is known whatever it is called and whatever was changed of it. Where a sweep has no summary yet, its experiment is planned.
/// Where neither can be done, all stages may be needed.
package struct NeededStages: Sendable {
  /// A sweep that is not finished.
  package struct Sweep: Hashable, Sendable {
    /// The results folder's name.
    package let name: String
    /// How many of its trials have no result yet; 0 where only its analyses are missing.
    package let unfinished: Int

    package init(name: String, unfinished: Int) { (self.name, self.unfinished) = (name, unfinished) }
  }

  /// A sweep of which nobody can tell what it needs.
  package struct Doubt: Hashable, Sendable {
    package let name: String
    package let reason: String
  }

  /// The keys of needed stages, hexadecimal.
  package private(set) var keys: Set<String> = []
  /// The sweeps that need them.
  package private(set) var sweeps: [Sweep] = []
  /// The sweeps that may need any stage.
  package private(set) var doubts: [Doubt] = []

  /// What the sweeps of some results need.
  ///
  /// - Parameters:
  ///   - names: the names of their folders.
  ///   - experiment: the experiment of that name, if this program has it.
  package init(
    of names: [String], in results: ResultsFolder, library: DataLibrary, experiment: (String) -> Experiment?
  ) {
    for name in names {
      do { try add(name, results, library, experiment) } catch {
        doubts.append(Doubt(name: name, reason: "\(error)"))
      }
    }
  }

  /// Whether a stage may be needed.
  package func mayContain(_ key: String) -> Bool { !doubts.isEmpty || keys.contains(key) }

  private mutating func add(
    _ name: String, _ results: ResultsFolder, _ library: DataLibrary, _ experiment: (String) -> Experiment?
  ) throws {
    let path = results.summary(of: name)
    let rows: [IndexRow]
    do throws(StoreError) { rows = try SummaryFile.rows(path) } catch {
      guard error.isMissingFile, let experiment = experiment(name) else { throw error }
      let trials = try SweepPlan(experiment, library: library).trials
      return add(Sweep(name: name, unfinished: trials.count), trials)
    }
    let configuration = try SummaryFile.configuration(path)
    var analyses: [Analysis]?
    if case .text(let owner)? = JSON.member("experiment", of: configuration) {
      analyses = experiment(owner)?.analyses
    }
    let unfinished = Set(rows.lazy.filter { !$0.status.isFinished }.map(\.trial))
    // An analysis that was made has put its tables into the summary.
    if unfinished.isEmpty {
      guard let analyses, !analyses.isEmpty, try SummaryFile.analyses(path).isEmpty else { return }
    }
    // What analyses ask for is read from the stages of finished trials too.
    var met: Set<String> = []
    let all = rows.map(\.trial).filter { met.insert($0).inserted }
    let wanted = analyses?.isEmpty == true ? all.filter(unfinished.contains) : all
    let trials = try Self.plans(of: wanted, configuration, library)
    if unfinished.isEmpty, Self.areStored(analyses ?? [], of: trials, rows, name, results) { return }
    add(Sweep(name: name, unfinished: unfinished.count), trials)
  }

  private mutating func add(_ sweep: Sweep, _ trials: [TrialPlan]) {
    for trial in trials { for stage in trial.stages { keys.insert(stage.key.hexadecimal) } }
    sweeps.append(sweep)
  }

  /// Some trials of a summary, planned again from its configuration.
  private static func plans(
    of names: [String], _ configuration: String, _ library: DataLibrary
  ) throws -> [TrialPlan] {
    guard case .members(let stored)? = JSON.member("trials", of: configuration) else {
      throw ConfigurationError.notJSON
    }
    let settings = Dictionary(stored.map { ($0.name, $0.value) }) { first, _ in first }
    let networks = KnownNetworks()
    return try names.map { name in
      guard let trial = settings[name] else { throw ConfigurationError.missing(name) }
      var plan = try TrialPlan(try Trial(configuration: trial.text), library, networks, Settings.all)
      // A name ends with the key. Of another key, it has other stages than this program knows.
      guard name.hasSuffix("-\(plan.key.short)") else { throw ForeignPlan(trial: name) }
      plan.name = name
      return plan
    }
  }

  /// Whether the answers of analyses are there: some have no tables.
  private static func areStored(
    _ analyses: [Analysis], of trials: [TrialPlan], _ rows: [IndexRow], _ name: String,
    _ results: ResultsFolder
  ) -> Bool {
    let byTrial = Dictionary(grouping: rows, by: \.trial)
    let rounds = SweepPlan(of: trials, name: name).analysisRounds { byTrial[trials[$0].name] ?? [] }
    return analyses.allSatisfy { results.stages.contains(AnalysisStage($0, of: rounds).key.hexadecimal) }
  }

  /// A trial that another version of the program has planned.
  private struct ForeignPlan: ReportedError {
    let trial: String
    var exitCode: FailureCode { .badData }
    var description: String {
      "\(trial) was planned by another version of this program or of one of its components"
    }
  }
}
