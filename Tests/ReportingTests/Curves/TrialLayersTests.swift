import CoppiceReporting
import CoppiceStore
import CoppiceTensors
import CoppiceTestSupport
import Testing

@Suite struct TrialLayersTests {
  private static func trial(rounds: Int) -> TrialLayers {
    TrialLayers(
      trial: "magnitude-seed0",
      rounds: (0..<rounds).map { round in
        let left = 1 - 0.2 * Double(round)
        return .init(
          round, density: left,
          layers: [
            LayerRecord(name: "fc1.weight", parameters: 100, nonzero: 100 - 25 * round, isPrunable: true),
            LayerRecord(name: "fc1.bias", parameters: 10, nonzero: 10, isPrunable: false),
            LayerRecord(name: "fc2.weight", parameters: 50, nonzero: 50 - 5 * round, isPrunable: true),
          ])
      })
  }

  @Test func aLadderHasACurveALayer() throws {
    let figure = try #require(Self.trial(rounds: 5).figure(command: "c") as? LineFigure)
    #expect(figure.title == "magnitude-seed0")
    #expect(figure.lines.map(\.label) == ["fc1.weight", "fc2.weight", "all layers"])
    #expect(figure.lines[0].points.map(\.y) == [0, 0.25, 0.5, 0.75, 1])
    let percents: [Double] = figure.lines[1].points.map { (100 * ($0.y ?? 9)).rounded() }
    #expect(percents == [0, 10, 20, 30, 40])
    #expect(figure.lines[2].isReference)
    #expect(figure.x.label == "Weights remaining (%)")
    #expect(figure.lines[0].points[2].note == "fc1.weight, round 2: 50 of 100 left")
  }

  @Test func fewRoundsAreBars() throws {
    let figure = try #require(Self.trial(rounds: 2).figure() as? BarFigure)
    #expect(figure.labels == ["fc1.weight", "fc2.weight"])
    #expect(figure.series.map(\.label) == ["round 1: 80 % remaining"])
    #expect(figure.series[0].values == [0.25, 0.1])
    #expect(TrialLayers(trial: "none", rounds: []).figure() == nil)
  }

  @Test func classesAreComparedBetweenFirstAndLastRound() throws {
    let trial = TrialClasses(
      trial: "t",
      rounds: [
        .init(0, density: 1, errors: [0, 0.25, .nan]), .init(1, density: 0.5, errors: [0.5, 0.5, 0.5]),
        .init(2, density: 0.25, errors: [0.75, 1, 0.125]),
      ])
    let figure = try #require(trial.figure())
    #expect(figure.labels == ["0", "1", "2"])
    #expect(figure.series.map(\.label) == ["round 0: 100 % remaining", "round 2: 25 % remaining"])
    #expect(figure.series.map(\.values) == [[0, 0.25, nil], [0.75, 1, 0.125]])
    #expect(TrialClasses(trial: "none", rounds: []).figure() == nil)
  }

  @Test func weightsAreThoseThatSurvive() throws {
    func round(_ index: Int, _ weights: [Float], _ mask: [UInt8]?) -> RoundRecord {
      var row = IndexRow(trial: "t", seed: 0, round: index)
      row.density = 1
      let shape = Shape([weights.count])
      return RoundRecord(
        row: row, weights: ParameterSet([("fc1.weight", Tensor(shape, weights))]),
        masks: mask.map { MaskSet([("fc1.weight", Mask(shape, $0))]) },
        layers: [
          LayerRecord(
            name: "fc1.weight", parameters: weights.count,
            nonzero: mask?.filter { $0 == 1 }.count ?? weights.count,
            isPrunable: true)
        ])
    }
    let trial = TrialWeights(
      trial: "t", rounds: [round(0, [-2, -1, 1, 4], nil), round(3, [-2, 0, 0, 3], [1, 0, 0, 1])])
    let figure = try #require(trial.figure())
    let panel = try #require(figure.panels.first)
    #expect(figure.panels.count == 1 && panel.title == "fc1.weight, 50 % left" && panel.range == -4...4)
    let whole: Double = panel.shares.reduce(0, +)
    #expect(whole == 1)
    #expect(panel.shares[10] == 0.5)
    #expect(panel.shares[35] == 0.5)
    #expect(panel.reference[10] == 0.25)
    #expect(panel.reference[39] == 0.25)
    #expect(figure.caption.contains("round 3") && figure.caption.contains("line: those of round 0"))
  }
}
