import Coppice
import CoppiceReporting
import CoppiceStore
import Foundation

/// What experiments were expected to show, and what came of it: as a table, or as the page of a results folder.
struct ClaimReport {
  /// A claim and what came of it.
  private struct Line {
    let experiment: Experiment
    let claim: Claim
    let outcome: ClaimOutcome
    /// Minutes of training; `nil` where nothing was run.
    let minutes: Double?
    /// What an analysis measures; `nil` for a column of the index.
    let measured: Quantity?

    var quantity: Quantity {
      let quantity = measured ?? Metrics.column(claim.metric).quantity
      return claim.measure == .share ? Quantity(quantity.name, quantity.title, unit: .fraction) : quantity
    }
  }

  private let results: StoredResults
  private let experiments: [Experiment]
  private let lines: [Line]
  /// The rows of which latencies were measured.
  private let timed: [IndexRow]

  /// The claims of these experiments beside the summaries in a folder.
  /// - Throws: errors of reading.
  init(_ experiments: [Experiment], _ results: StoredResults) throws {
    (self.experiments, self.results) = (experiments, results)
    var timed: [IndexRow] = []
    lines = try experiments.filter { !$0.claims.isEmpty }.flatMap { experiment in
      let path = results.folder.summary(of: experiment.name)
      let summary = FileManager.default.fileExists(atPath: path) ? try SummaryFile.read(path) : nil
      let rows = summary?.rows
      timed += (rows ?? []).filter { $0[metric: .latencyThreads].isFinite }
      return Self.lines(experiment, rows, summary?.analyses ?? [])
    }
    self.timed = timed
  }

  /// The claims of an experiment beside the rows of a summary and what its analyses found.
  init(_ experiment: Experiment, rows: [IndexRow], analyses: [NamedTable], _ results: StoredResults) {
    (experiments, self.results, timed) = ([experiment], results, [])
    lines = Self.lines(experiment, rows, analyses)
  }

  private static func lines(
    _ experiment: Experiment, _ rows: [IndexRow]?, _ analyses: [NamedTable]
  ) -> [Line] {
    experiment.claims.map { claim in
      let table = claim.analysis.flatMap { name in analyses.first { $0.name == name } }
      let judged = claim.analysis == nil ? rows : rows.map { _ in table?.indexRows ?? [] }
      return Line(
        experiment: experiment, claim: claim, outcome: judged.map(claim.outcome) ?? .notRun,
        minutes: rows.map { $0.trainingSeconds / 60 }, measured: table?[claim.metric]?.quantity)
    }
  }

  /// One line a claim.
  var table: Table {
    Table(
      columns: [
        .init(name: "experiment", isName: true), .init(name: "claim"), .init(name: "paper"),
        .init(name: "published"), .init(name: "expected"), .init(name: "ours"),
        .init(name: "n", format: .integer), .init(name: "p", format: .decimal(4)), .init(name: "verdict"),
        .init(name: "command"), .init(name: "minutes", format: .decimal(0)),
      ],
      rows: lines.map { line in
        [
          .text(line.experiment.name), .text(line.claim.statement), .text(line.claim.paper),
          .text(line.claim.published), .text(line.claim.expectation.text(line.quantity)),
          .text(ours(line)),
          line.outcome.sample.expected == 0
            ? .missing : .count(line.outcome.sample.count, of: line.outcome.sample.expected),
          line.outcome.p.map(Table.Cell.number) ?? .missing, .text(line.outcome.verdict.rawValue),
          .text("\(ProgramName.current) run \(line.experiment.name)"),
          line.minutes.map(Table.Cell.number) ?? .missing,
        ]
      })
  }

  /// The mean and its 95 % interval, differences with their sign.
  private func ours(_ line: Line) -> String {
    guard let mean = line.outcome.sample.mean else { return "–" }
    let isSigned = line.claim.reference != nil || line.claim.measure == .change
    let number = { line.quantity.claimText($0, signed: isSigned) }
    guard let interval = Band.ci95.bounds(of: line.outcome.sample) else { return number(mean) }
    return "\(number(mean)) [\(number(interval.low)), \(number(interval.high))]"
  }

  /// What FLOPs and parameters tell of latencies, over all networks that were measured on one machine; empty where none was.
  private var speed: String {
    let machines = CostCorrelation.machines(of: timed).map { machine in
      let rows = timed.filter { CostCorrelation.machines(of: [$0]) == [machine] }
      return "\(machine):\n\n\(CostCorrelation.table(CostCorrelation.all(of: rows)).markdown)\n"
    }
    guard !machines.isEmpty else { return "" }
    return """
      ## What counted costs tell of time

      Spearman's rank correlation of measured latencies with FLOPs and with parameters, over all networks above whose latencies were
      measured. It is often said that FLOPs tell more of speed than parameters do; `\(ProgramName.current) speed EXPERIMENT` asks it of one experiment.

      \(machines.joined(separator: "\n"))
      """
  }

  /// The page of the results folder, in Markdown.
  var page: String {
    let ran = experiments.filter {
      FileManager.default.fileExists(atPath: results.folder.summary(of: $0.name))
    }
    let figures = ran.map { experiment in
      let folder = results.folder.path + "/" + experiment.name
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      let links =
        names.filter { $0.hasSuffix(".svg") }.sorted().map {
          "[\($0.dropLast(4))](\(experiment.name)/\($0))"
        } + (names.contains("report.html") ? ["[report](\(experiment.name)/report.html)"] : [])
      return "- `\(experiment.name)`: \(experiment.question) "
        + (["[summary.h5](\(experiment.name)/summary.h5)"] + links).joined(separator: ", ")
    }
    return """
      # Results

      Where `\(ProgramName.current) run EXPERIMENT` puts what it finds: `EXPERIMENT/summary.h5`, `EXPERIMENT/accuracy.svg`, a file a trial in
      `EXPERIMENT/trials/`, and the stages all experiments share in `stages/`, which can be deleted at no loss but time.
      Kept in the repository are the summaries and figures of the experiments below. This page is made from them and from what each
      experiment says beforehand that it expects: `\(ProgramName.current) claims --page > Results/README.md`.

      ## What was claimed, and what came of it

      Ours is the mean over n seeds with its 95 % interval (Student's t), a difference paired by seed where two things are compared. A claim
      is reproduced where the interval lies inside what is expected, and refuted where it lies wholly outside. From six seeds on, Wilcoxon's
      signed-rank test must agree at 5 %; with fewer it cannot reach that, and there is no p. Minutes are those of all trainings of the
      experiment, one after the other.

      \(table.markdown)
      \(speed)## Experiments

      \(figures.joined(separator: "\n"))
      """
  }
}

extension Claim {
  /// What the rows of a summary say of it.
  fileprivate func outcome(_ rows: [IndexRow]) -> ClaimOutcome {
    do {
      return try ClaimOutcome(
        rows, meeting: self.rows, against: reference, metric: metric, measure: measure.outcome,
        expected: expectation.range)
    } catch {
      // The summary is of a smaller sweep, or of an earlier form of the experiment.
      return .noRows
    }
  }
}

extension Claim.Measure {
  fileprivate var outcome: ClaimOutcome.Measure {
    switch self {
    case .value: .value
    case .change: .change
    case .share: .share
    }
  }
}

extension Claim.Expectation {
  /// The numbers it allows.
  fileprivate var range: ClosedRange<Double> {
    switch self {
    case .above(let bound): bound...Double.infinity
    case .below(let bound): -Double.infinity...bound
    case .within(let range): range
    }
  }

  /// As people read it: `above 0.50 %`.
  fileprivate func text(_ quantity: Quantity) -> String {
    switch self {
    case .above(let bound): "above \(quantity.claimText(bound))"
    case .below(let bound): "below \(quantity.claimText(bound))"
    case .within(let range):
      "\(quantity.claimText(range.lowerBound)) to \(quantity.claimText(range.upperBound))"
    }
  }
}

extension Quantity {
  /// A value with its unit.
  fileprivate func claimText(_ value: Double, signed: Bool = false) -> String {
    let column = Table.Column(name: name, format: tableFormat, isSigned: signed)
    return Table(columns: [column]).display(.number(value), column) + (unitText.map { " \($0)" } ?? "")
  }
}

extension [IndexRow] {
  /// The seconds of all trainings. One that several trials share has one wall time, and counts once.
  fileprivate var trainingSeconds: Double {
    Set(map { $0[metric: .wallTime] }.filter(\.isFinite)).reduce(0, +)
  }
}
