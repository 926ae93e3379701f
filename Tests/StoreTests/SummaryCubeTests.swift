import CoppiceStore
import Testing

@Suite struct SummaryCubeTests {
  private func cubes(_ rows: [IndexRow]) -> [String: SummaryCube] {
    Dictionary(uniqueKeysWithValues: SummaryCube.all(of: rows).map { ($0.name, $0.cube) })
  }

  /// A dense trial, an asked sparsity and a ladder are a cube each, and none has a cell that nothing fills.
  @Test func whatWasAskedForLaddersAndDenseTrialsAreCubesOfTheirOwn() throws {
    let dense = (1...3).map { seed in Samples.row(target: 0, seed: seed, round: 0) }
    let cubes = cubes(dense + Samples.rows)
    #expect(cubes.keys.sorted() == ["cube", "dense", "ladders"])
    let asked = try #require(cubes["cube"])
    // The schedule is one; its own setting, the learning rate and the rewind step are too.
    #expect(asked.axes.map(\.name) == ["criterion", "sparsity", "seed"])
    #expect(asked.axes[0].coordinates == .texts(["magnitude", "random"]))
    #expect(asked.axes[1].coordinates == .numbers([0.5, 0.8, 0.9]))
    #expect(asked.axes[2].coordinates == .integers([1, 2, 3]))
    #expect(cubes["ladders"]?.axes.map(\.name) == ["criterion", "round", "seed"])
    #expect(cubes["ladders"]?.axes[1].coordinates == .integers([0, 1, 2]))
    #expect(cubes["dense"]?.axes.map(\.name) == ["seed"])
    for (name, cube) in cubes {
      let accuracy = try #require(cube.variables.first { $0.name == "test_accuracy" })
      #expect(accuracy.values.count == cube.axes.reduce(1) { $0 * $1.coordinates.count })
      #expect(accuracy.values.allSatisfy { $0.isFinite }, "\(name)")
    }
    let accuracy = try #require(asked.variables.first { $0.name == "test_accuracy" })
    for row in Samples.rows where row.schedule == "one-shot" {
      let place = [
        row.criterion == "random" ? 1 : 0, try #require([0.5, 0.8, 0.9].firstIndex(of: row.targetSparsity)),
        row.seed - 1,
      ]
      #expect(
        accuracy.values[zip(place, [2, 3, 3]).reduce(0) { $0 * $1.1 + $1.0 }] == row[metric: .testAccuracy])
    }
  }

  /// Of 1,000 weights 0.8751 can be had for 0.875; the coordinate is what was asked for.
  @Test func coordinatesAreAskedForAndDataAreReached() throws {
    let rows = [0.875, 0.9375].map { target in
      var row = Samples.row(target: target)
      (row.sparsity, row.density) = (target + 6e-6, 1 - target - 6e-6)
      return row
    }
    let cube = try #require(cubes(rows)["cube"])
    #expect(cube.axes.map(\.name) == ["sparsity", "seed"])
    #expect(cube.axes[0].coordinates == .numbers([0.875, 0.9375]))
    #expect(cube.variables.first { $0.name == "achieved_sparsity" }?.values == rows.map(\.sparsity))
  }

  @Test func roundsSayWhatWasAskedForInThem() throws {
    let cube = try #require(cubes(Samples.rows.filter { $0.criterion == "random" })["ladders"])
    #expect(cube.axes.map(\.name) == ["round", "seed"])
    for name in ["requested_sparsity", "achieved_sparsity"] {
      let sparsity = try #require(cube.variables.first { $0.name == name })
      #expect(sparsity.values == [0, 0, 0, 0.2, 0.2, 0.2, 0.36, 0.36, 0.36])
    }
  }

  /// Rates and decays are crossed, and both are axes; one that the sparsity determines is none.
  @Test func settingsAreAxesWhereTheSparsityLeavesThemOpen() throws {
    var rows: [IndexRow] = []
    for rate in [0.1, 0.01] {
      for (target, round) in [(0.5, 3), (0.8, 7)] {
        var row = Samples.row(target: target)
        row.trial += "\(rate)"
        row.settings = [.init("learning-rate", .number(rate)), .init("to-round", .integer(round))]
        rows.append(row)
      }
    }
    let cube = try #require(cubes(rows)["cube"])
    #expect(cube.axes.map(\.name) == ["learning_rate", "sparsity", "seed"])
  }

  @Test func aTrialThatEndedOnItsWayIsNoPointOfItsSparsity() throws {
    var ended = Samples.row(target: 0.9, requested: 0.5, seed: 1)
    ended.status = .collapsed
    let cube = try #require(cubes([ended, Samples.row(target: 0.9, seed: 2)])["cube"])
    #expect(cube.axes.last?.coordinates == .integers([2]))
  }

  @Test func curvesNeverMixLaddersAndTargets() {
    var rows = Samples.rows
    // An earlier round of a trial among several targets is no point of its curve.
    rows.append(Samples.row(target: 0.9, requested: 0.3, seed: 1, round: 0, isFinal: false))
    #expect(SummaryCube.curveRows(rows).map(\.row) == Samples.rows)
    #expect(
      SummaryCube.curveRows(rows).map(\.isRound) == Samples.rows.map { $0.schedule == "lottery-ticket" })
  }

  /// A schedule that prunes before training has one reported round, the trained network's.
  @Test func pruningAtInitialisationIsDrawnByItsResults() throws {
    let rows = [0.5, 0.8].flatMap { target in
      (1...2).map { Samples.row(schedule: "at-initialisation", target: target, seed: $0, round: 100) }
    }
    #expect(SummaryCube.curveRows(rows).map(\.row) == rows)
    #expect(SummaryCube.curveRows([rows[0]]).map(\.row) == [rows[0]])
    // A single target does not make a ladder of a schedule that is none.
    let dense = Samples.row(target: 0.5, requested: 0, round: 0, isFinal: false)
    #expect(SummaryCube.curveRows([dense, Samples.row()]).map(\.row) == [Samples.row()])
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
    #expect(cube.variables.first { $0.name == "flops_nonzero" }?.title == "FLOPs of non-zero weights")
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
    #expect(SummaryCube.all(of: []).isEmpty)
  }

  @Test func aCubeTooLargeIsLeftOut() {
    let rows = (0..<2100).map { Samples.row(criterion: "c\($0)", seed: $0) }
    #expect(SummaryCube(rows) == nil || SummaryCube(rows)?.variables[0].values.count ?? 0 <= 1 << 22)
  }
}
