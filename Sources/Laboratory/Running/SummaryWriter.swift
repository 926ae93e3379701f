import CoppiceStore
import CoppiceTerms

/// Writes the summary of a sweep: the rows of all trials with their configuration, what analyses found, and the default plot.
struct SummaryWriter: Sendable {
  let plan: SweepPlan
  let results: ResultsFolder
  let library: DataLibrary
  let provenance: Provenance
  /// Makes the default plot from the rows.
  let curves: @Sendable ([IndexRow]) -> SummaryCurves?

  /// Refuses to replace results of another experiment, and a summary that cannot be read.
  func checkOwner() throws {
    let path = results.summary(of: plan.name)
    guard try SummaryFile.finishedCount(in: path) != nil else { return }
    let configuration = JSON(parsing: try SummaryFile.read(path).configuration)
    guard case .text(let owner)? = configuration?["experiment"], owner != plan.experiment.name else { return }
    throw ExperimentError.otherResults(folder: plan.name, owner: owner)
  }

  func write(_ rows: [IndexRow], analyses: [NamedTable] = [], isForced: Bool) throws(StoreError) {
    var summary = Summary(
      experiment: plan.name,
      configuration: JSON.object([
        ("experiment", .text(plan.experiment.name)), ("question", .text(plan.experiment.question)),
        (
          "trials",
          .members(plan.trials.map { ($0.name, JSON(parsing: $0.configuration) ?? .null) })
        ),
      ]),
      provenance: provenance.json(data: library.records, seeds: plan.trials.map(\.trial.seed)), rows: rows)
    summary.curves = curves(rows)
    summary.analyses = analyses
    results.syncTrials(of: plan.name)
    try SummaryFile.write(summary, to: results.summary(of: plan.name), replacing: isForced)
  }
}
