import CoppiceStore
import CoppiceTerms

/// One page from a summary: what was asked, what was done, what came of it, and how to do it again. The page is one file that
/// reads no other, and equal results give equal bytes.
package struct Report: Sendable {
  /// A command that shows or makes again what stands on the page.
  package struct Command: Sendable {
    /// What it is for.
    package let purpose: String
    package let line: String

    /// A command for a purpose.
    package init(_ purpose: String, _ line: String) { (self.purpose, self.line) = (purpose, line) }
  }

  /// What the page is made of beside a summary.
  package struct Surroundings: Sendable {
    /// What a user calls the summary: the name of the experiment, or a path.
    package var name: String
    /// What came of the experiment's claims; `nil` where it has none.
    package var claims: Table?
    /// What is known of trials from their files; none where those are not beside the summary.
    package var details: [TrialDetail] = []
    /// What holds wherever an invariant does, by its name.
    package var invariants: [(name: String, statement: String)] = []
    /// What settings mean, by their names.
    package var settings: [String: String] = [:]
    package var commands: [Command] = []
    /// The beginning of a command that shows a trial, whose name follows.
    package var show = ""
    /// Name and version of the program.
    package var generator = ""

    /// Nothing but a name.
    package init(name: String) { self.name = name }
  }

  let experiment: String
  let question: String
  let surroundings: Surroundings
  let provenance: JSON?
  let rows: ReportRows
  let sweep: SweepProtocol
  let curves: CurveSet
  let checklist: Checklist
  let measures: [Metric]
  let costs: [Metric]
  let analyses: [NamedTable]
  let learning: [LineFigure]
  /// The trials that failed.
  let failed: Int

  /// The page of a summary.
  /// - Throws: `ReportingError` where no curves can be made of its rows.
  package init(_ summary: Summary, _ surroundings: Surroundings) throws(ReportingError) {
    let configuration = JSON(parsing: summary.configuration)
    provenance = JSON(parsing: summary.provenance)
    experiment = summary.experiment
    question = configuration?["question"]?.plain ?? ""
    self.surroundings = surroundings
    analyses = summary.analyses
    let curves = try CurveSet(summary.rows)
    self.curves = curves
    rows = ReportRows(summary.rows)
    sweep = SweepProtocol(configuration, trials: rows.trials, rows: summary.rows)
    checklist = Checklist(
      rows: summary.rows, curves: curves, configuration: configuration, provenance: provenance)
    let measures = Self.measures(curves)
    self.measures = measures
    let named = measures.map(\.name)
    costs = Self.costs.filter { cost in named.contains(cost.name) && Self.varies(cost, curves.curves) }
    learning = LearningCurves(curves, surroundings.details.map(\.log)).figures
    failed = Set(summary.rows.filter { $0.status == .failed }.map(\.trial)).count
  }

  /// The measures that any point has, the test accuracy first. What is one number throughout is no measure.
  private static func measures(_ curves: CurveSet) -> [Metric] {
    let all = [Metric.testAccuracy] + Metrics.all.filter { $0.name != Metric.testAccuracy.name }
    return all.filter { metric in
      (curves.curves + curves.baselines).flatMap(\.cells).contains { $0.sample(metric.name).count > 0 }
        && (metric.name == Metric.testAccuracy.name || varies(metric, curves.curves + curves.baselines))
    }
  }

  private static func varies(_ metric: Metric, _ curves: [Curve]) -> Bool {
    Set(curves.flatMap(\.cells).compactMap { $0.sample(metric.name).value(metric.aggregation) }).count > 1
  }

  /// What a network costs, in the order in which accuracy is drawn against it. Weights that are left are the horizontal axis itself.
  private static let costs: [Metric] = [
    .flopsNonzero, .flopsCompacted, .bits, .bytesSparse, .bytesCompressed, .bytesCompacted, .bytesQuantised,
    .bytesQuantisedSparse, .activationBytesCompacted, .latency, .latencySparse, .latencyCompacted,
    .latencyQuantised, .latency64Sparse, .latency64Compacted, .latency64Quantised, .energySparse,
    .energyCompacted, .energyQuantised, .trainingFlops,
  ]
}
