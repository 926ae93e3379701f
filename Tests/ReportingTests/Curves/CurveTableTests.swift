import CoppiceReporting
import CoppiceStore
import Testing

@Suite struct CurveTableTests {
  @Test func theTableListsEverySparsityOfEveryConfiguration() throws {
    let table = try CurveSet(IndexRows.grid()).table(of: ["test_accuracy", "early_stop_step"])
    #expect(
      table.text() == """
        criterion  sparsity (%)  n  test accuracy (%)   Δ dense (pp)  early-stop iteration  collapsed  diverged  chance
        ─────────  ────────────  ─  ─────────────────  ─────────────  ────────────────────  ─────────  ────────  ──────
        dense              0.00  3       91.00 ± 2.48              –               500 ± 0          0         0       0
        magnitude         50.00  3       86.00 ± 2.48   -5.00 ± 0.00               500 ± 0          0         0       0
        magnitude         80.00  3       83.00 ± 2.48   -8.00 ± 0.00               500 ± 0          0         0       0
        random            50.00  3       71.00 ± 2.48  -20.00 ± 0.00               500 ± 0          0         0       0
        random            80.00  3       59.00 ± 2.48  -32.00 ± 0.00               500 ± 0          0         0       0

        """)
  }

  @Test func programsReadFractions() throws {
    let table = try CurveSet(IndexRows.grid()).table()
    let lines = table.commaSeparated.split(separator: "\n").map(String.init)
    let header =
      "criterion,sparsity,n,n_expected,test_accuracy,test_accuracy_ci95,test_accuracy_difference,"
      + "test_accuracy_difference_ci95,collapsed,diverged,chance"
    #expect(lines[0] == header)
    #expect(lines[2].hasPrefix("magnitude,0.5,3,3,0.86"))
    #expect(lines.count == 6)
  }

  @Test func collapsesAndMissingSeedsAreCounted() throws {
    let table = try CurveSet(IndexRows.ladder(endingAt: (seed: 1, round: 2))).table(band: .minmax)
    #expect(
      table.text() == """
        trials                     round  sparsity (%)  n    test accuracy (%)    min    max     Δ dense (pp)  collapsed  diverged  chance
        ─────────────────────────  ─────  ────────────  ───  ─────────────────  ─────  ─────  ───────────────  ─────────  ────────  ──────
        dense                          0          0.00  3                91.00  90.00  92.00                –          0         0       0
        magnitude, lottery-ticket      0          0.00  3                91.00  90.00  92.00     +0.00 ± 0.00          0         0       0
        magnitude, lottery-ticket      1         20.00  3                91.00  90.00  92.00     +0.00 ± 0.00          0         0       0
        magnitude, lottery-ticket      2         36.00  3                64.00  10.00  92.00  -27.00 ± 116.17          1         0       1
        magnitude, lottery-ticket      3         48.80  2/3              91.00  90.00  92.00     +0.00 ± 0.00          0         0       0

        """)
  }

  /// Learning rate × weight decay at one sparsity, three seeds, each with its dense network.
  static var nine: [IndexRow] {
    var rows: [IndexRow] = []
    for (place, rate) in [0.001, 0.0012, 0.01].enumerated() {
      for (step, decay) in [0, 0.0001, 0.001].enumerated() {
        for seed in 0..<3 {
          for target in [0, 0.875] {
            var row = IndexRows.row(
              retraining: target == 0 ? "none" : "rewind", target: target, seed: seed,
              accuracy: 0.9 + 0.01 * Double(seed) + 0.003 * Double(place) + 0.001 * Double(step) - 0.1
                * target, rate: rate)
            row.trial += "\(decay)"
            row.settings = [.init("learning-rate", .number(rate)), .init("weight-decay", .number(decay))]
            rows.append(row)
          }
        }
      }
    }
    return rows
  }

  @Test func aSweepOfTwoSettingsIsReadOnATerminal() throws {
    let set = try CurveSet(Self.nine)
    #expect(set.columns == ["learning-rate", "weight-decay"])
    let table = try set.table()
    let lines = table.text(width: 80).split(separator: "\n").map(String.init)
    #expect(lines.allSatisfy { $0.count <= 80 })
    #expect(lines.contains { $0.hasPrefix("0.0012") && $0.contains("0.0001") && $0.contains("-8.75 ± 0.00") })
    #expect(lines.count { $0.contains("\u{2026}") } == 0, "nothing is cut")
    #expect(lines.last == "(in every row diverged: 0, chance: 0)", "of constant columns no more than must")
    #expect(table.rows.count == 18)
    let legend = try set.figure()
    #expect(legend.lines.map(\.label).first == "learning-rate = 0.001, weight-decay = 0")
    #expect(legend.baselines.count == 9 && legend.baselines.map(\.line) == (0..<9).map { $0 })
    #expect(legend.caption.hasSuffix("Thin dashed lines: the dense network of the curve of that colour."))
    let entries = LineFigureTests.texts(legend.svg).filter { $0.contains("learning-rate = ") }
    #expect(entries.count == 9, "one line an entry")
    #expect(entries.allSatisfy { $0.contains("weight-decay = ") })
    #expect(!LineFigureTests.texts(legend.svg).contains { $0.hasPrefix("dense") })
  }

  /// A fine-tuned ladder beside a one-shot trial: dense networks of as many steps are there for both.
  @Test func everyRoundIsComparedWithTheDenseNetworkOfAsManySteps() throws {
    let rows = Self.fineTuned
    let table = try CurveSet(rows).table()
    let round = try #require(table.columns.firstIndex { $0.name == "round" })
    let difference = try #require(table.columns.firstIndex { $0.name == "test_accuracy_difference" })
    let found = table.rows.filter { $0[difference] != .missing }.map { row -> [Double] in
      guard case .number(let round) = row[round], case .estimate(let mean, _) = row[difference] else {
        return []
      }
      return [round, (mean * 1000).rounded() / 1000]
    }
    // One-shot against the dense network trained once more; the ladder against that of its round.
    #expect(found == [[1, -0.05], [0, 0], [1, -0.01], [2, -0.02]])
  }

  static var fineTuned: [IndexRow] {
    (0..<2).flatMap { seed -> [IndexRow] in
      func row(
        _ schedule: String, _ retraining: String, _ target: Double, _ density: Double, _ round: Int,
        _ last: Int, _ accuracy: Double
      ) -> IndexRow {
        var row = IndexRows.row(
          final: round == last, schedule: schedule, retraining: retraining, target: target,
          requested: 1 - density, density: density, seed: seed, round: round,
          accuracy: accuracy + 0.01 * Double(seed))
        row.trial = "\(schedule) \(retraining) \(target) \(seed)"
        return row
      }
      return [
        row("one-shot", "none", 0, 1, 0, 0, 0.9), row("one-shot", "fine-tune", 0, 1, 0, 1, 0.9),
        row("one-shot", "fine-tune", 0, 1, 1, 1, 0.92), row("iterative", "fine-tune", 0, 1, 0, 2, 0.9),
        row("iterative", "fine-tune", 0, 1, 1, 2, 0.92), row("iterative", "fine-tune", 0, 1, 2, 2, 0.94),
        row("one-shot", "fine-tune", 0.75, 0.25, 1, 1, 0.87),
        row("lottery-ticket", "fine-tune", 0.75, 1, 0, 2, 0.9),
        row("lottery-ticket", "fine-tune", 0.75, 0.5, 1, 2, 0.91),
        row("lottery-ticket", "fine-tune", 0.75, 0.25, 2, 2, 0.92),
      ]
    }
  }

  @Test func aSparsityThatWasMissedStandsBesideWhatWasAskedFor() throws {
    var rows = IndexRows.grid()
    #expect(try !CurveSet(rows).table().columns.contains { $0.name == "requested_sparsity" })
    rows.append(IndexRows.row(target: 0.25, density: 0.875, seed: 0, accuracy: 0.5))
    let table = try CurveSet(rows).table()
    let place = try #require(table.columns.firstIndex { $0.name == "requested_sparsity" })
    #expect(table.columns[place].heading == "requested (%)" && table.columns[place + 1].name == "sparsity")
    let line = try #require(table.rows.first { $0[place] == .number(0.25) })
    #expect(line[place + 1] == .number(0.125))
    // The others have what they were asked for.
    #expect(table.rows.count { $0[place] == $0[place + 1] } == table.rows.count - 1)
  }

  @Test func aFailedTrialGetsAColumn() throws {
    var rows = IndexRows.grid()
    rows.append(IndexRows.row(status: .failed, target: 0.9, seed: 0, accuracy: .nan))
    let table = try CurveSet(rows).table()
    #expect(table.columns.last?.name == "failed")
    #expect(table.rows.contains { $0.last == .number(1) })
  }
}

@Suite struct SummaryCurvesTests {
  @Test func viewersGetOneGridOfDensities() throws {
    // Two final rows and a ladder: densities that only one of the curves has are NaN in the other.
    let rows = IndexRows.grid().filter { $0.criterion != "random" } + IndexRows.ladder(rounds: 1)
    let curves = try CurveSet(rows).summaryCurves()
    #expect(curves.density == [1, 0.8, 0.5, 1 - 0.8])
    #expect(curves.curves.map(\.label) == ["one-shot", "lottery-ticket"])
    #expect(curves.curves[0].mean.map(\.isNaN) == [true, true, false, false])
    #expect(curves.curves[1].mean.map(\.isNaN) == [false, false, true, true])
    #expect(abs(curves.curves[0].halfWidth[2] - 0.024841377) < 1e-8)
    #expect(curves.curves[0].band == "half-width, 95 % CI, Student t, n = 3")
    #expect(curves.title == "Test accuracy (%) against remaining weights (mean, 95 % CI, n = 3 seeds)")
  }

  @Test func everyStatisticCanBeHad() throws {
    let table = try CurveSet(IndexRows.grid()).table(hasStatistics: true)
    let names = table.columns.map(\.name)
    let first = try #require(names.firstIndex(of: "test_accuracy"))
    #expect(
      names[first...].prefix(5) == [
        "test_accuracy", "test_accuracy_sd", "test_accuracy_sem", "test_accuracy_least",
        "test_accuracy_greatest",
      ])
    // The dense network: 0.90, 0.91 and 0.92.
    let numbers = table.rows[0][(first + 1)...].prefix(4).map { cell -> Double in
      if case .number(let number) = cell { number } else { .nan }
    }
    for (found, expected) in zip(numbers, [0.01, 0.01 / 3.0.squareRoot(), 0.9, 0.92]) {
      #expect(abs(found - expected) < 1e-12)
    }
  }
}
