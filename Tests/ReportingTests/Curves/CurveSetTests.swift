import CoppiceReporting
import CoppiceStore
import Testing

@Suite struct CurveSetTests {
  // MARK: Final rows

  @Test func columnsThatVaryTellTheCurvesApart() throws {
    let set = try CurveSet(IndexRows.grid())
    #expect(set.columns == ["criterion"])
    #expect(set.curves.map(\.label) == ["magnitude", "random"])
    #expect(set.curves.allSatisfy { $0.rows == .final })
    #expect(set.curves[0].cells.map(\.level) == [0.5, 0.8])
    #expect(set.curves[0].cells[0].rows.map(\.seed) == [0, 1, 2])
    let sample = set.curves[1].cells[1].sample("test_accuracy")
    #expect(abs(try #require(sample.mean) - (0.91 - 0.32)) < 1e-12)
    #expect(sample.countText == "3")
    #expect(set.subject == ["mlp", "glyphs"])
  }

  @Test func theOrderOfRowsDoesNotMatterWithinACurve() throws {
    let forward = try CurveSet(IndexRows.grid())
    let backward = try CurveSet(IndexRows.grid().reversed())
    func values(_ cells: [Cell]) -> [SampleStatistics] { cells.map { $0.sample("test_accuracy") } }
    #expect(values(forward.curves[0].cells) == values(backward.curves[1].cells))
    #expect(values(forward.baselines[0].cells) == values(backward.baselines[0].cells))
  }

  @Test func denseTrialsAreTheBaselineAndNoPointOfACurve() throws {
    let set = try CurveSet(IndexRows.grid())
    #expect(set.baselines.map(\.label) == ["dense"])
    #expect(set.baselines[0].cells[0].sample("test_accuracy").values == [0.9, 0.91, 0.92])
    #expect(set.curves.flatMap(\.cells).allSatisfy { $0.level > 0 })
  }

  /// A learned mask without a ratio: seeds come to sparsities of their own and are one point all the same.
  @Test func whatWasAskedForNoNumberIsOnePoint() throws {
    func row(_ seed: Int, density: Double) -> IndexRow {
      IndexRows.row(
        criterion: "hard-concrete", schedule: "none", retraining: "none", target: .nan, density: density,
        seed: seed, accuracy: 0.9)
    }
    let dense = (0..<3).map { IndexRows.row(target: 0, seed: $0, accuracy: 0.95) }
    let set = try CurveSet(dense + [row(0, density: 0.5), row(1, density: 0.75), row(2, density: 1)])
    #expect(set.curves.count == 1 && set.curves[0].cells.count == 1)
    #expect(set.curves[0].cells[0].rows.map(\.seed) == [0, 1, 2])
    #expect(set.curves[0].cells[0].density == 0.75 && !set.curves[0].cells[0].isMissed)
    // One that removed nothing is no baseline.
    #expect(set.baselines.map { $0.cells[0].rows.count } == [3])
  }

  @Test func denseTrialsThatDifferInNameOnlyAreOneBaseline() throws {
    var rows = IndexRows.grid()
    for seed in 0..<3 {
      rows.append(
        IndexRows.row(criterion: "random", target: 0, seed: seed, accuracy: 0.9 + Double(seed) * 0.01))
    }
    let set = try CurveSet(rows)
    #expect(set.baselines.count == 1)
    #expect(set.baselines[0].cells[0].sample("test_accuracy").countText == "3")
  }

  @Test func denseTrialsWithAndWithoutFineTuningAreTwo() throws {
    var rows = IndexRows.grid()
    for seed in 0..<3 {
      rows.append(IndexRows.row(retraining: "none", target: 0, seed: seed, accuracy: 0.88))
    }
    let set = try CurveSet(rows)
    #expect(set.baselines.map(\.label) == ["dense, fine-tune", "dense"])
    #expect(set.baselines.map(\.group) == [["fine-tune"], ["none"]])
    // The fine-tuned curves are compared with the fine-tuned baseline.
    #expect(set.baseline(of: set.curves[0])?.group == ["fine-tune"])
  }

  @Test func aMissingSeedIsCounted() throws {
    var rows = IndexRows.grid()
    let lost = try #require(
      rows.firstIndex {
        $0.criterion == "random" && $0.seed == 2 && $0.density == 0.5
      })
    rows.remove(at: lost)
    let cell = try CurveSet(rows).curves[1].cells[0]
    #expect(cell.sample("test_accuracy").countText == "2/3")
    #expect(!cell.isTroubled)
  }

  @Test func aTrialWithoutAValueIsCounted() throws {
    var rows = IndexRows.grid()
    rows.append(IndexRows.row(status: .diverged, target: 0.9, seed: 0, accuracy: .nan))
    rows.append(IndexRows.row(target: 0.9, seed: 1, accuracy: 0.5))
    rows.append(IndexRows.row(status: .failed, target: 0.9, density: .nan, seed: 2, accuracy: .nan))
    let cell = try #require(try CurveSet(rows).curves[0].cells.last)
    #expect(cell.sample("test_accuracy").countText == "1/3")
    #expect(cell.troubleText == "1 diverged, 1 failed")
    #expect(abs(cell.density - 0.1) < 1e-12)
  }

  @Test func aTrialOnItsWayHasNoValueAtItsTarget() throws {
    var rows = IndexRows.grid()
    rows.append(IndexRows.row(target: 0.9, seed: 0, accuracy: 0.7))
    // One is still running, one collapsed half way: both are networks of another sparsity.
    rows.append(
      IndexRows.row(status: .running, final: false, target: 0.9, requested: 0.6, seed: 1, accuracy: 0.8))
    rows.append(IndexRows.row(status: .collapsed, target: 0.9, requested: 0.6, seed: 2, accuracy: 0.1))
    let cell = try #require(try CurveSet(rows).curves[0].cells.last)
    #expect(cell.sample("test_accuracy").values == [0.7])
    #expect(cell.sample("test_accuracy").countText == "1/3")
    #expect(abs(cell.density - 0.1) < 1e-12)
    #expect(cell.troubleText == "1 collapsed")
    // With none that got there, the place on the axis is what was asked for.
    let lost = try CurveSet(rows.filter { $0.targetSparsity == 0.9 && $0.seed == 2 })
    #expect(abs(lost.curves[0].cells[0].density - 0.1) < 1e-12)
    #expect(lost.curves[0].cells[0].collapsed == 1)
  }

  // MARK: Ladders

  @Test func aLadderIsDrawnOverItsRounds() throws {
    let set = try CurveSet(IndexRows.ladder())
    #expect(set.curves.map(\.rows) == [.ladder])
    #expect(set.curves[0].cells.map(\.round) == [0, 1, 2, 3])
    #expect(set.curves[0].cells[0].density == 1)
    #expect(set.curves[0].label == "magnitude, lottery-ticket")
  }

  @Test func roundZeroStandsInForTheBaseline() throws {
    let set = try CurveSet(IndexRows.ladder() + IndexRows.ladder(control: "random-reinit"))
    #expect(set.curves.map(\.label) == ["magnitude, lottery-ticket", "random-reinit"])
    #expect(set.baselines.map(\.label) == ["dense"])
    #expect(set.baselines[0].cells[0].sample("test_accuracy").countText == "3")
  }

  @Test func laddersAndFinalRowsAreNeverMixed() throws {
    // Ladders to two depths: together they are final rows, one by one they are not.
    let rows = IndexRows.ladder(rounds: 2) + IndexRows.ladder(rounds: 4)
    let final = try CurveSet(rows)
    #expect(final.curves.map(\.rows) == [.final])
    #expect(final.curves[0].cells.count == 2)
    let ladder = try CurveSet(rows, rows: .ladder)
    #expect(ladder.curves[0].cells.map(\.round) == [0, 1, 2, 3, 4])
    // Only the deeper ladder takes part: one row a seed in every round.
    #expect(ladder.curves[0].cells.allSatisfy { $0.rows.count == 3 })
    // Each curve is chosen for by itself.
    let mixed = try CurveSet(IndexRows.grid() + IndexRows.ladder(control: "random-mask"))
    #expect(Set(mixed.curves.map(\.rows)) == [.final, .ladder])
  }

  @Test func aCollapseEndsALadderVisibly() throws {
    let set = try CurveSet(IndexRows.ladder(endingAt: (seed: 1, round: 2)))
    let cells = set.curves[0].cells
    #expect(cells.map(\.collapsed) == [0, 0, 1, 0])
    #expect(cells.map { $0.sample("test_accuracy").countText } == ["3", "3", "3", "2/3"])
  }

  /// A trial of a schedule that prunes before training has one reported round, its trained network's.
  @Test func pruningAtInitialisationHasNoPointForWhatWasNotTrained() throws {
    func rows(_ targets: [Double]) -> [IndexRow] {
      targets.flatMap { target in
        (0..<3).map {
          IndexRows.row(schedule: "at-initialisation", target: target, seed: $0, round: 100, accuracy: 0.8)
        }
      }
    }
    for targets in [[0.5, 0.8], [0.8]] {
      let set = try CurveSet(rows(targets))
      #expect(set.curves.map(\.rows) == [.final])
      #expect(set.curves[0].cells.map(\.level) == targets)
      #expect(set.baselines.isEmpty)
    }
    // Beside the baseline of trials that were asked for nothing.
    let set = try CurveSet(rows([0.5]) + IndexRows.grid().filter { $0.targetSparsity == 0 })
    #expect(set.curves.flatMap(\.cells).map(\.density) == [0.5])
    #expect(set.baselines.map(\.label) == ["dense"])
  }

  @Test func aScheduleThatIsNoLadderIsDrawnByItsEnds() throws {
    // One target and two rounds do not make a ladder.
    let rows = (0..<3).flatMap { seed in
      [
        IndexRows.row(
          trial: "\(seed)", final: false, target: 0.5, requested: 0, seed: seed, round: 0, accuracy: 0.9),
        IndexRows.row(trial: "\(seed)", target: 0.5, seed: seed, accuracy: 0.8),
      ]
    }
    let set = try CurveSet(rows)
    #expect(set.curves.map(\.rows) == [.final])
    #expect(set.curves[0].cells.map(\.density) == [0.5])
  }

  @Test func aStoppedLadderHasNoValueWhereItDidNotGo() throws {
    var rows = IndexRows.ladder(rounds: 2) + IndexRows.ladder(rounds: 4)
    // Seed 0 of the deeper ladder ended after round 2.
    let deep = rows.map(\.targetSparsity).max()
    rows.removeAll { $0.seed == 0 && $0.targetSparsity == deep && $0.round > 2 }
    for place in rows.indices where rows[place].seed == 0 && rows[place].targetSparsity == deep {
      rows[place].stoppedBy = "accuracy below 0.9 after round 2"
      rows[place].isFinal = rows[place].round == 2
    }
    let final = try CurveSet(rows)
    #expect(final.curves[0].cells.map { $0.sample("test_accuracy").countText } == ["3", "2/3"])
    #expect(final.curves[0].cells.allSatisfy { !$0.isTroubled })
    let ladder = try CurveSet(rows, rows: .ladder)
    #expect(
      ladder.curves[0].cells.map { $0.sample("test_accuracy").countText } == ["3", "3", "3", "2/3", "2/3"])
  }

  // MARK: Columns

  @Test func aControlIsNoBaseline() throws {
    let rows = [
      IndexRows.row(target: 0, seed: 0, accuracy: 0.9),
      IndexRows.row(control: "random-reinit", target: 0, seed: 0, accuracy: 0.5),
      IndexRows.row(target: 0.5, seed: 0, accuracy: 0.8),
    ]
    let set = try CurveSet(rows)
    #expect(set.baselines.flatMap(\.cells).flatMap { $0.sample("test_accuracy").values } == [0.9])
  }

  @Test func aDynamicsIsNamedBesideTheSchedule() throws {
    let rows = [("one-shot", "none"), ("none", "gradual")].map {
      IndexRows.row(schedule: $0, dynamics: $1, target: 0.5, seed: 0, accuracy: 0.9)
    }
    let set = try CurveSet(rows)
    #expect(set.columns == ["schedule", "dynamics"] && set.curves.map(\.label) == ["one-shot", "gradual"])
  }

  /// Two values of a setting may have one name in the column that is called like it.
  @Test func settingsTellApartWhatAColumnOfTheirNameDoesNot() throws {
    let rows = ["gradual(from: 0, to: 0.5, every: 100it)", "gradual(from: 0, to: 0.9, every: 100it)"].flatMap
    {
      dynamics in
      (0..<3).map { seed in
        var row = IndexRows.row(dynamics: "gradual", target: 0.5, seed: seed, accuracy: 0.9)
        row.trial += dynamics
        row.settings = [.init("dynamics", .text(dynamics)), .init("stop", .text("never"))]
        return row
      }
    }
    let set = try CurveSet(rows)
    #expect(set.columns == ["setting_dynamics"])
    #expect(
      set.curves.map(\.label) == [
        "gradual(from: 0, to: 0.5, every: 100it)", "gradual(from: 0, to: 0.9, every: 100it)",
      ])
    let rules = ["never", "drop(tolerance: 0.01)"].map { rule in
      var row = IndexRows.row(target: 0.5, seed: 0, accuracy: 0.9)
      row.trial += rule
      row.settings = [.init("stop", .text(rule))]
      return row
    }
    #expect(try CurveSet(rules).curves.map(\.label) == ["stop = never", "stop = drop(tolerance: 0.01)"])
  }

  @Test func dynamicsTellCurvesApartAndNoneIsNotNamed() throws {
    let rows = ["none", "set", "rigl"].flatMap { dynamics in
      [0.5, 0.8].flatMap { target in
        (0..<3).map { IndexRows.row(dynamics: dynamics, target: target, seed: $0, accuracy: 0.9) }
      }
    }
    let set = try CurveSet(rows)
    #expect(set.columns == ["dynamics"])
    #expect(set.curves.map(\.label) == ["magnitude, one-shot", "set", "rigl"])
    let order = CurveSet.identityColumns
    #expect(order.firstIndex(of: "dynamics") == order.firstIndex(of: "schedule").map { $0 + 1 })
    #expect(!IndexRow.columnNames.contains("method"), "xarray takes it for its own")
  }

  @Test func aSweptSettingTellsCurvesApartWhereItMust() throws {
    var rows: [IndexRow] = []
    for rate in [0.1, 0.01] {
      for seed in 0..<2 {
        for target in [0.5, 0.8] {
          rows.append(IndexRows.row(target: target, seed: seed, accuracy: rate, rate: rate))
        }
      }
    }
    let set = try CurveSet(rows)
    #expect(set.columns == ["learning_rate"])
    #expect(set.curves.map(\.label) == ["learning_rate = 0.1", "learning_rate = 0.01"])
    #expect(throws: ReportingError.severalTrialsInOnePoint(by: ["criterion"], differing: "learning_rate")) {
      try CurveSet(rows, by: ["criterion"])
    }
  }

  @Test func columnsThatSayTheSameAreNamedOnce() throws {
    let rows = IndexRows.grid() + IndexRows.ladder(rounds: 2) + IndexRows.ladder(rounds: 3)
    // The schedule of these ladders determines their retraining.
    let set = try CurveSet(rows)
    #expect(set.columns == ["criterion", "schedule"])
    #expect(set.curves.map(\.label).contains("magnitude, lottery-ticket"))
  }

  @Test func chosenColumnsAreKept() throws {
    let set = try CurveSet(IndexRows.grid(), by: ["dataset", "criterion"])
    #expect(set.columns == ["dataset", "criterion"])
    #expect(set.curves.map(\.label) == ["glyphs, magnitude", "glyphs, random"])
  }

  @Test func repeatedTrialsAreRefused() {
    let one = IndexRows.row(trial: "a", target: 0.5, seed: 0, accuracy: 0.9)
    let other = IndexRows.row(trial: "b", target: 0.5, seed: 0, accuracy: 0.8)
    #expect(throws: ReportingError.twiceTheSameTrial("a", "b")) { try CurveSet([one, other]) }
  }

  @Test func whatDoesNotExistIsNamed() throws {
    #expect(throws: ReportingError.noRows) { try CurveSet([]) }
    let known = IndexRow.columnNames + ["learning_rate"]
    #expect(throws: ReportingError.unknownColumn("kriterion", known: known)) {
      try CurveSet(IndexRows.grid(), by: ["kriterion"])
    }
    let set = try CurveSet(IndexRows.grid())
    #expect(throws: ReportingError.unknownColumn("acuracy", known: known)) { try set.figure(of: "acuracy") }
    #expect(throws: ReportingError.notNumeric("criterion")) { try set.table(of: ["criterion"]) }
    let empty = try CurveSet([IndexRows.row(target: 0.5, seed: 0, accuracy: .nan)])
    #expect(throws: ReportingError.noValues("test_accuracy")) { try empty.figure() }
  }

  @Test func errorsSayWhatToDo() {
    #expect(
      ReportingError.severalTrialsInOnePoint(by: ["criterion"], differing: "learning_rate").description
        == "Grouping by criterion puts several trials of one seed into one point, where they would pass for more "
        + "seeds; they differ in 'learning_rate'. Group by it too: --by criterion,learning_rate.")
    #expect(
      ReportingError.unknownColumn("x", known: ["a", "b"]).description
        == "There is no column 'x'. The columns are: a, b.")
    #expect(
      ReportingError.notNumeric("criterion").description
        == "Column 'criterion' of the summary's index holds text, and a curve or a table needs a number. "
        + "Group by it (--by criterion), or choose a metric such as test_accuracy.")
    #expect(
      ReportingError.noValues("test_loss").description
        == "No row of the summary has a value for 'test_loss', so there is nothing to draw. "
        + "Choose another metric with --y, or see `coppice status` for trials that did not finish.")
  }
}
