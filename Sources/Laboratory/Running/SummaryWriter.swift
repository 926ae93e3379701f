import CoppiceHDF5
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

  /// Told of a summary that is kept under another name.
  let observe: @Sendable (RunEvent) -> Void

  /// Refuses to replace results of another experiment, and a summary of a newer program. One whose bytes have changed is kept
  /// when a new one is written.
  func checkOwner() throws {
    let path = results.summary(of: plan.name)
    do throws(StoreError) { guard try SummaryFile.finishedCount(in: path) != nil else { return } } catch {
      guard Self.isDamaged(error, path) else { throw error }
      return
    }
    guard case .text(let owner)? = JSON.member("experiment", of: try SummaryFile.configuration(path)),
      owner != plan.experiment.name
    else { return }
    throw ExperimentError.otherResults(folder: plan.name, owner: owner)
  }

  /// Whether what is at the place of the summary may be kept under another name: bytes that nobody has written so, or no file at all.
  private static func isDamaged(_ error: StoreError, _ path: String) -> Bool {
    error.isSealBroken || FileKind(at: path) == .folder
  }

  func write(_ rows: [IndexRow], analyses: [NamedTable] = [], isForced: Bool) throws(StoreError) {
    var summary = Summary(
      experiment: plan.name,
      configuration: JSON.object(ofTexts: [
        ("experiment", JSON.text(plan.experiment.name).text),
        ("question", JSON.text(plan.experiment.question).text),
        ("trials", JSON.object(ofTexts: plan.trials.lazy.map { ($0.name, $0.configuration) })),
      ]),
      provenance: provenance.json(data: library.records, seeds: plan.trials.map(\.trial.seed)), rows: rows)
    summary.curves = curves(rows)
    summary.analyses = analyses
    results.syncTrials(of: plan.name)
    let isKept = try keepForeign()
    try SummaryFile.write(summary, to: results.summary(of: plan.name), replacing: isForced || isKept)
  }

  /// Keeps a summary under another name that is not as it was written, or into which another program is about to write: what
  /// that program does is then not lost with the file that is replaced.
  ///
  /// - Returns: whether what is at its place may be replaced, whatever it holds.
  private func keepForeign() throws(StoreError) -> Bool {
    let path = results.summary(of: plan.name)
    do {
      guard try SummaryFile.finishedCount(in: path) != nil, AtomicFile.isHeldForWriting(path) else {
        return false
      }
      let kept = try results.keep(path, of: plan.name, moved: false)
      observe(
        .setAside(file: path, kept: kept, reason: "another program has the file open for writing"))
      return false
    } catch  where Self.isDamaged(error, path) {
      let kept = try results.keep(path, of: plan.name, moved: false)
      observe(.setAside(file: path, kept: kept, reason: error.reason))
      return true
    } catch {
      // Another error of reading is told by the writing, unless it is forced.
      return false
    }
  }
}
