import CoppiceStore
import Testing

@Suite struct SummaryCubeTests {
  @Test func axesAreTheConditionsThatTellRowsApart() throws {
    let cube = try #require(SummaryCube(Samples.rows))
    // The schedule's own setting and the rewind step say no more than the schedule.
    #expect(cube.axes.map(\.name) == ["criterion", "schedule", "sparsity", "seed"])
    #expect(cube.axes[0].coordinates == .texts(["magnitude", "random"]))
    #expect(cube.axes[1].coordinates == .texts(["one-shot", "lottery-ticket"]))
    #expect(cube.axes[2].coordinates == .numbers([0, 0.2, 0.36, 0.5, 0.8, 0.9]))
    #expect(cube.axes[3].coordinates == .integers([1, 2, 3]))
    let accuracy = try #require(cube.variables.first { $0.name == "test_accuracy" })
    let shape = [2, 2, 6, 3]
    #expect(accuracy.values.count == shape.reduce(1, *))
    for row in Samples.rows {
      let place = [
        row.criterion == "random" ? 1 : 0, row.schedule == "one-shot" ? 0 : 1,
        try #require([0, 0.2, 0.36, 0.5, 0.8, 0.9].firstIndex(of: row.requestedSparsity)), row.seed - 1,
      ]
      #expect(accuracy.values[zip(place, shape).reduce(0) { $0 * $1.1 + $1.0 }] == row[metric: .testAccuracy])
    }
    #expect(accuracy.values.count { $0.isNaN } == 2 * 2 * 6 * 3 - 36)
  }

  @Test func roundsMayBeTheLevel() throws {
    let ladder = Samples.rows.filter { $0.schedule == "lottery-ticket" }
    let cube = try #require(SummaryCube(ladder, level: .round))
    #expect(cube.axes.map(\.name) == ["criterion", "round", "seed"])
    #expect(cube.axes[1].coordinates == .integers([0, 1, 2]))
    let sparsity = try #require(cube.variables.first { $0.name == "achieved_sparsity" })
    #expect(sparsity.values.prefix(9) == [0, 0, 0, 0.2, 0.2, 0.2, 0.36, 0.36, 0.36])
  }

  @Test func curvesNeverMixLaddersAndTargets() {
    var rows = Samples.rows
    // An earlier round of a trial among several targets is no point of its curve.
    rows.append(Samples.row(target: 0.9, requested: 0.3, seed: 1, round: 0, isFinal: false))
    #expect(SummaryCube.curveRows(rows) == Samples.rows)
  }

  /// A schedule that prunes before training has one reported round, the trained network's.
  @Test func pruningAtInitialisationIsDrawnByItsResults() throws {
    let rows = [0.5, 0.8].flatMap { target in
      (1...2).map { Samples.row(schedule: "at-initialisation", target: target, seed: $0, round: 100) }
    }
    #expect(SummaryCube.curveRows(rows) == rows)
    #expect(SummaryCube.curveRows([rows[0]]) == [rows[0]])
    // A single target does not make a ladder of a schedule that is none.
    let dense = Samples.row(target: 0.5, requested: 0, round: 0, isFinal: false)
    #expect(SummaryCube.curveRows([dense, Samples.row()]) == [Samples.row()])
  }

  @Test func dynamicsIsAnAxisWhereItVaries() throws {
    var other = Samples.row()
    (other.trial, other.dynamics) = ("other", "rigl")
    let cube = try #require(SummaryCube([Samples.row(), other]))
    #expect(cube.axes.map(\.name) == ["dynamics", "sparsity", "seed"])
    #expect(cube.axes[0].coordinates == .texts(["none", "rigl"]))
  }

  @Test func everyMetricIsAVariable() throws {
    let cube = try #require(SummaryCube(Samples.rows))
    #expect(cube.variables.map(\.name) == ["achieved_sparsity", "density"] + Metrics.all.map(\.name))
    #expect(cube.variables.first { $0.name == "wall_time" }?.unit == .seconds)
    #expect(cube.variables.first { $0.name == "flops_nonzero" }?.title == "FLOPs, zeros skipped")
  }

  @Test func rowsThatDifferInNothingElseAreToldApartByTrial() throws {
    var twin = Samples.row()
    twin.trial = "twin"
    let cube = try #require(SummaryCube([Samples.row(), twin]))
    #expect(cube.axes.map(\.name) == ["trial", "sparsity", "seed"])
  }

  @Test func nothingHasNoCube() {
    #expect(SummaryCube([]) == nil)
    #expect(SummaryCube([IndexRow(trial: "failed", seed: 1, round: 0)]) == nil)
  }

  @Test func aCubeTooLargeIsLeftOut() {
    let rows = (0..<2100).map { Samples.row(criterion: "c\($0)", seed: $0) }
    #expect(SummaryCube(rows) == nil || SummaryCube(rows)?.variables[0].values.count ?? 0 <= 1 << 22)
  }
}
