import CoppiceReporting
import CoppiceStore
import CoppiceTestSupport
import Testing

@Suite struct TrialLogTests {
  /// A dense round, and one whose sparsity grows while it is trained.
  static var log: TrialLog {
    let steps = Array(stride(from: 10, through: 1000, by: 10))
    let rounds = (0..<2).map { index in
      var series = Series(steps: steps)
      series["loss"] = steps.map { step in
        2 / (1 + Float(step) / 100) + (index == 1 && step == 500 ? .nan : 0)
      }
      if index == 1 {
        series["sparsity"] = steps.map { step in
          let left = 1 - min(1, Float(step) / 800)
          return 0.9 * (1 - left * left * left)
        }
      }
      return TrialLog.Round(
        index, series: series,
        evaluations: [0, 500, 1000].map { Evaluation(step: $0, [(.validationLoss, 1 / Double($0 + 1))]) })
    }
    return TrialLog(trial: "magnitude-gradual-0.9-seed0", rounds: rounds)
  }

  @Test func whatWasLoggedAndEvaluatedIsNamed() {
    #expect(Self.log.names == ["loss", "sparsity", "validation_loss"])
  }

  @Test func aPanelAQuantityHasACurveARound() {
    let figure = Self.log.figure(of: ["sparsity", "loss", "validation_loss"], command: "c", generator: "g")
    #expect(figure.panels.map(\.title) == ["magnitude-gradual-0.9-seed0", "", ""])
    #expect(figure.panels.map(\.y.label) == ["Sparsity (%)", "Loss of the batches", "Validation loss"])
    // A round has one colour in all panels, so one without values keeps its place.
    #expect(figure.panels.allSatisfy { $0.lines.map(\.label) == ["round 0", "round 1"] })
    #expect(figure.panels[0].lines[0].points.isEmpty)
    #expect(figure.panels.allSatisfy { $0.x.limits == 0...1000 })
    #expect(figure.panels.map(\.hasLegend) == [false, false, true])
    #expect(figure.panels.map(\.x.label) == ["", "", "Iteration of the round"])
    #expect(figure.panels[1].lines[1].points[49].y == nil, "a number that is not finite is a gap")
    #expect(figure.panels[0].lines[1].points[79].y == Double(Float(0.9)))
    #expect(figure.panels.map { $0.lines[1].hasMarkers } == [false, false, true])
    #expect(figure.panels[2].lines[0].points.map(\.x) == [0, 500, 1000])
  }

  @Test func roundsWithoutTheQuantityAreLeftOut() {
    let figure = Self.log.figure(of: ["sparsity"], title: "title")
    #expect(figure.panels.map(\.title) == ["title"])
    #expect(figure.panels[0].lines.map(\.label) == ["round 1"])
    #expect(figure.panels[0].hasLegend, "which round it is must be told")
  }

  @Test func aTrialFileIsReadForItsLogAlone() throws {
    let folder = try TemporaryFolder()
    var round = RoundRecord(row: IndexRow(trial: "t", seed: 0, round: 3))
    round.series = Self.log.rounds[1].series
    try TrialFile.write(
      TrialRecord(trial: "t", status: .completed, configuration: "{}", provenance: "{}", rounds: [round]),
      to: folder.file("t.h5"))
    let log = try TrialLog(TrialFile(folder.file("t.h5")))
    #expect(log.trial == "t" && log.rounds.map(\.index) == [3])
    #expect(log.names == ["loss", "sparsity"])
  }
}
