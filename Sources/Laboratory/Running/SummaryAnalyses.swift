import CoppiceStore
import CoppiceTerms

/// Asks analyses about the finished rounds of a summary. Nothing is trained: what is measured in rounds, and the answers, are stages as
/// those of a run, and the tables are put into the summary beside those that are there.
package final class SummaryAnalyses: Sendable {
  /// What there is to do for an analysis.
  package struct Outline: Sendable {
    /// The analysis as it is asked.
    package let analysis: Analysis
    /// How many rounds it is asked about.
    package let rounds: Int
    /// How many measurements it needs, and how many of them are there.
    package let measurements: Int
    package let storedMeasurements: Int
    /// Whether its answer is there.
    package let isStored: Bool
  }

  /// The path of the summary.
  package let path: String
  /// The results folder's name.
  package let name: String
  /// What it holds of networks.
  package let stored: StoredRounds
  private let results: ResultsFolder
  private let outputs: RecentStages

  /// The analyses of a summary.
  ///
  /// - Parameters:
  ///   - name: the results folder's name.
  ///   - known: the trial of a configuration that only the catalogue can read.
  /// - Throws: `AnalysesError` where a run is at work on it or no network is left; `DatasetError`, `StoreError`.
  package init(
    of path: String, _ name: String, in results: ResultsFolder, library: DataLibrary,
    known: (String) -> Trial? = { _ in nil }
  ) throws {
    (self.path, self.name, self.results) = (path, name, results)
    if let run = results.runs(of: name).last { throw AnalysesError.running(name, run.description) }
    stored = try StoredRounds(of: path, name, in: results, library: library, known: known)
    guard !stored.rounds.isEmpty else {
      throw AnalysesError.nothingLeft(path, name, stored.leftOut.first?.reason)
    }
    outputs = stored.outputs(in: results.stages)
  }

  /// What there is to do for each of some analyses.
  package func outline(_ analyses: [Analysis]) -> [Outline] {
    analyses.map { analysis in
      let stage = AnalysisStage(analysis, of: stored.rounds)
      return Outline(
        analysis: analysis, rounds: stored.rounds.count, measurements: stage.measurements.count,
        storedMeasurements: stage.measurements.count { outputs.contains($0.key) },
        isStored: outputs.contains(stage.key))
    }
  }

  /// Asks some analyses and puts their tables into the summary.
  ///
  /// - Returns: the tables by analysis; `nil` where an end was asked for meanwhile. What was measured by then is kept.
  package func run(
    _ analyses: [Analysis], threads: Int = 1, interruption: Interruption = Interruption(),
    observe: @escaping @Sendable (RunEvent) -> Void = { _ in }
  ) throws -> [(analysis: Analysis, tables: [NamedTable])]? {
    // Others that would write the summary see that somebody is at work on it.
    let lease = RunLease(in: results, of: name)
    let leases = StageLeases(results.stages)
    let heartbeat = Heartbeat(every: leases.interval) {
      leases.beat()
      lease.beat()
    }
    defer {
      heartbeat.end()
      lease.end()
    }
    let maker = AnalysisMaker(
      maker: StageMaker(
        [], outputs: outputs, leases: leases, interruption: interruption, isFresh: false, observe: observe),
      context: StageContext(
        folder: results.stages, recent: outputs, interruption: interruption, threads: threads,
        passedOver: { observe(.passedOver($0)) }))
    var answers: [(analysis: Analysis, tables: [NamedTable])] = []
    for analysis in analyses {
      guard let tables = try maker.tables(of: AnalysisStage(analysis, of: stored.rounds)) else { return nil }
      answers.append((analysis, tables.map(noted)))
    }
    // A run that has begun meanwhile would write the summary without them.
    if results.runs(of: name).count > 1, let run = results.runs(of: name).last {
      throw AnalysesError.running(name, run.description)
    }
    try SummaryFile.put(answers.flatMap(\.tables), into: path)
    return answers
  }

  /// The table, which says itself where it does not tell of all rounds.
  private func noted(_ table: NamedTable) -> NamedTable {
    guard !stored.leftOut.isEmpty else { return table }
    var table = table
    let note =
      "\(stored.leftOut.count) of \(stored.leftOut.count + stored.rounds.count) rounds take no part, because their networks are "
      + "not stored any more."
    table.description += (table.description.isEmpty ? "" : " ") + note
    return table
  }
}

/// Why a summary cannot be analysed.
package enum AnalysesError: ReportedError, Hashable {
  case running(String, String)
  case nothingLeft(String, String, String?)
  /// Nothing that it was asked about suits an analysis.
  case unfit(String, String)

  package var description: String {
    switch self {
    case .running(let name, let run):
      "a run is at work on \(name) (\(run)), and will write its summary: ask again when it has ended"
    case .nothingLeft(let path, let name, let reason):
      "no network of \(path) is left to be looked at"
        + (reason.map { ": \($0)" } ?? ", for no trial has finished")
        + ". `\(ProgramName.current) run \(name)` makes them again"
    case .unfit(let analysis, let reason): "\(analysis) cannot be asked here: \(reason)"
    }
  }

  package var exitCode: FailureCode {
    switch self {
    case .running: .tryAgain
    case .nothingLeft: .inputMissing
    case .unfit: .usage
    }
  }
}
