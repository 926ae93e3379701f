import CoppiceReporting
import CoppiceStore
import CoppiceTestSupport
import Testing

@Suite struct TrialLogsTests {
  private static func entry(
    _ criterion: String, seed: Int, losses: [Float], schedule: String = "one-shot"
  ) -> TrialLogs.Entry {
    var series = Series(steps: losses.indices.map { ($0 + 1) * 10 })
    series["loss"] = losses
    var row = IndexRows.row(criterion: criterion, schedule: schedule, target: 0.9, seed: seed, accuracy: 0.9)
    row.settings.append(.init("seed", .integer(seed)))
    let log = TrialLog(
      trial: "\(criterion)-0.9-seed\(seed)-abc\(seed)",
      rounds: [
        .init(0, series: Series(steps: [10]), evaluations: []),
        .init(1, series: series, evaluations: [Evaluation(step: 20, [(.validationLoss, Double(seed))])]),
      ])
    return .init(log, row: row)
  }

  private let logs = TrialLogs([
    entry("magnitude", seed: 0, losses: [4, 2]), entry("random", seed: 0, losses: [5, 3]),
    entry("magnitude", seed: 1, losses: [6, 4, 2]), entry("random", seed: 1, losses: [.nan, 5, 1]),
  ])

  @Test func trialsOfOneConfigurationAreACurve() {
    let figure = logs.figure(of: ["loss", "validation_loss"], title: "t", command: "c")
    #expect(figure.panels.count == 2 && figure.panels[0].title == "t" && figure.panels[1].command == "c")
    let lines = figure.panels[0].lines
    #expect(lines.map(\.label) == ["magnitude-0.9", "random-0.9"])
    #expect(lines[0].points.map(\.x) == [10, 20, 30])
    #expect(lines[0].points.map(\.y) == [5, 3, 2])
    #expect(lines[0].points.map(\.low) == [4, 2, nil] && lines[0].points.map(\.high) == [6, 4, nil])
    #expect(lines[0].points.map(\.isComplete) == [true, true, false])
    // A loss that is no number is missing, and the step says so.
    #expect(lines[1].points.map(\.y) == [5, 4, 1] && !lines[1].points[0].isComplete)
    #expect(figure.panels[1].lines[0].points.map(\.y) == [0.5])
    #expect(figure.panels[1].caption == "Mean; band: minimum to maximum; n = 2.")
    #expect(logs.names == ["loss", "validation_loss"])
  }

  @Test func configurationsOfOneNameStayApart() {
    let figure = TrialLogs([
      Self.entry("magnitude", seed: 0, losses: [1]),
      Self.entry("magnitude", seed: 1, losses: [1], schedule: "iterative"),
    ]).figure(of: ["loss"])
    #expect(figure.panels[0].lines.map(\.label) == ["magnitude-0.9-seed0-abc0", "magnitude-0.9-seed1-abc1"])
  }
}
