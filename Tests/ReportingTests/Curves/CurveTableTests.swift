import CoppiceReporting
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
      "criterion,sparsity,n,test_accuracy,test_accuracy_ci95,test_accuracy_difference,"
      + "test_accuracy_difference_ci95,collapsed,diverged,chance"
    #expect(lines[0] == header)
    #expect(lines[2].hasPrefix("magnitude,0.5,3,0.86"))
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
}
