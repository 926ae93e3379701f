import Coppice
import CoppiceExperiments
import CoppiceReporting
import CoppiceStore
import CoppiceTestSupport
import Foundation
import Testing

@Suite struct ClaimsTests {
  private func program() throws -> Program { try Program() }

  /// Rows of the collapse experiment in which SynFlow keeps its word, magnitude does not, and nothing parts SynFlow and SNIP.
  private static var rows: [IndexRow] {
    (0..<6).flatMap { seed in
      [
        ("synflow", 0.9997, 0.0, 0.5), ("magnitude", 0.9997, 0, 0.5), ("synflow", 0.999, 0, 0.8),
        ("snip", 0.999, 1, seed % 2 == 0 ? 0.7 : 0.9),
      ].enumerated().map { index, row in
        var result = IndexRow(trial: "\(row.0) \(row.1) \(seed)", seed: seed, round: 1)
        (result.isFinal, result.criterion, result.targetSparsity) = (true, row.0, row.1)
        (result.density, result.sparsity) = (1 - row.1, row.1)
        result[metric: .emptiedLayers] = row.2
        result[metric: .testAccuracy] = row.3
        result[metric: .wallTime] = 60 + Double(seed) + Double(index) / 8
        return result
      }
    }
  }

  @Test func saysWhatCameOfWhatWasExpected() throws {
    let program = try program()
    let folder = program.results + "/collapse-lenet-5"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try SummaryFile.write(
      Summary(experiment: "collapse-lenet-5", configuration: "{}", provenance: "{}", rows: Self.rows),
      to: folder + "/summary.h5")
    let json = try program.run(["claims", "collapse-lenet-5", "--json"])
    #expect(json.status == 0, "\(json.errors)")
    let rows = try #require(
      try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])["rows"]
    let verdicts = try #require(rows as? [[String: Any]]).map { $0["verdict"] as? String }
    #expect(verdicts == ["reproduced", "refuted", "not distinguishable"])
    let page = try program.run(["claims", "--page"])
    #expect(page.output.hasPrefix("# Results\n"))
    #expect(page.output.contains("| collapse-lenet-5 |"))
    #expect(page.output.contains("[summary.h5](collapse-lenet-5/summary.h5)"))
    // Six seeds of four trainings, each of its own length.
    let minutes = Self.rows.map { $0[metric: .wallTime] }.reduce(0, +) / 60
    #expect(page.output.contains("coppice run collapse-lenet-5 | \(Int(minutes.rounded())) |"))
    // What was not run is a line too.
    #expect(try program.run(["claims", "han-lenet"]).output.contains("not run"))
  }

  /// A summary of a part of the sweep answers what it can.
  @Test func aClaimWhoseRowsAreMissingIsALine() throws {
    let program = try program()
    let folder = program.results + "/collapse-lenet-5"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try SummaryFile.write(
      Summary(
        experiment: "collapse-lenet-5", configuration: "{}", provenance: "{}",
        rows: Self.rows.filter { $0.criterion != "snip" }), to: folder + "/summary.h5")
    let outcome = try program.run(["claims", "collapse-lenet-5"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("reproduced") && outcome.output.contains("rows are missing"))
  }

  @Test func refusesWhatIsNoExperiment() throws {
    let outcome = try program().run(["claims", "colapse-lenet-5"])
    #expect(outcome.status == 64)
    #expect(outcome.errors.contains("did you mean \"collapse-lenet-5\"?"))
  }

  /// A claim that names a column or a value the experiment does not have would be found only when the run is over.
  @Test func everyShippedClaimSpeaksOfItsExperiment() throws {
    for experiment in Experiments.all {
      let trials = try experiment.trials()
      let values = Set(
        trials.flatMap { trial in
          [
            trial.criterion.name, trial.retraining.name, trial.control.name, trial.model.name,
            trial.allocation.name, trial.granularity.name, trial.dynamics.name, trial.schedule.name,
            trial.learnedMask.name, trial.retrainingRate.name, trial.repair.name, trial.stop.name,
            trial.target.name, trial.recipe?.name ?? "none",
          ]
            + [trial.criterion.specification, trial.recipe?.specification].compactMap(\.self).flatMap(
              \.fields
            ).map { "\($0.value)" }
        })
      // Settings, and fields of their components, under their own name or behind that of the setting.
      let fields = Set(
        trials.flatMap { $0.specification.fields }.flatMap { field in
          guard case .component(let component) = field.value else { return [field.name] }
          return [field.name] + component.fields.flatMap { [$0.name, "\(field.name)-\($0.name)"] }
        })
      let indexed = experiment.claims.filter { $0.analysis == nil }
      for condition in indexed.flatMap({ $0.rows + ($0.reference ?? []) }) {
        let read = try RowCondition(parsing: condition)
        #expect(
          IndexRow.columnNames.contains(read.column) || fields.contains(read.column),
          "\(experiment.name): \(condition)")
        guard let value = condition.split(separator: "=").last.map(String.init), Double(value) == nil,
          value != "0it",
          condition.contains("="), !condition.contains(">"), !condition.contains("<")
        else { continue }
        #expect(values.contains(value), "\(experiment.name): \(condition)")
      }
    }
  }

  /// The same of claims that speak of what an analysis finds.
  @Test func everyShippedClaimSpeaksOfAColumnOfItsAnalysis() throws {
    for experiment in Experiments.all {
      let tables = try experiment.analyses.flatMap { analysis in
        try analysis.tables(AnalysisContext(rounds: []) { StageRecord(key: "\($0)") })
      }
      for claim in experiment.claims {
        guard let name = claim.analysis else { continue }
        let table = try #require(tables.first { $0.name == name }, "\(experiment.name): \(name)")
        #expect(table[claim.metric] != nil, "\(experiment.name): \(claim.metric)")
        for condition in claim.rows + (claim.reference ?? []) {
          let column = try RowCondition(parsing: condition).column
          #expect(table[column] != nil, "\(experiment.name): \(condition)")
        }
      }
    }
  }
}
