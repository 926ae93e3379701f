import CoppiceReporting
import CoppiceStore
import CoppiceTensors
import Testing

@Suite struct ComparisonTests {
  private func compared(
    _ rows: [IndexRow], _ sides: String..., meeting filters: [String] = [], isMatrix: Bool = false
  ) throws -> Comparison {
    try Comparison(
      rows, sides: try sides.map { text in try Comparison.Side(parsing: text) },
      meeting: try filters.map { text in try RowFilter(parsing: text) }, isMatrix: isMatrix)
  }

  /// The grid has exact values: random loses 0.4 of the sparsity, magnitude 0.1.
  @Test func differencesArePairedBySeedAndSparsity() throws {
    let found = try compared(IndexRows.grid(), "criterion=magnitude", "criterion=random")
    #expect(found.columns == ["requested_sparsity"])
    #expect(found.lines.map(\.place) == [[.number(0.5)], [.number(0.8)]])
    #expect(found.lines.map(\.difference.sample.count) == [3, 3])
    for (line, mean) in zip(found.lines, [-0.15, -0.24]) {
      #expect(abs((line.difference.sample.mean ?? 0) - mean) < 1e-12)
    }
    #expect(found.unpaired == [0, 0])
    let one = try compared(
      IndexRows.grid(), "criterion=magnitude", "criterion=random", meeting: ["target_sparsity=0.8"])
    #expect(one.lines.count == 1 && one.columns.isEmpty)
  }

  @Test func pairsAreToldFromWhatHasNoPartner() throws {
    var rows = IndexRows.grid()
    rows.removeAll { $0.criterion == "random" && $0.targetSparsity == 0.5 }
    rows.removeAll { $0.criterion == "random" && $0.seed == 2 }
    let found = try compared(rows, "criterion=magnitude", "criterion=random")
    #expect(found.lines.map(\.difference.sample.countText) == ["2/3"])
    #expect(found.unpaired == [3, 0])
    #expect(found.notes.contains("3 rows of criterion=magnitude have no partner and are left out"))
    #expect(throws: ReportingError.self) {
      try compared(rows, "criterion=magnitude,target_sparsity=0.5", "criterion=random,seed<0")
    }
  }

  /// A side with single prunings beside a ladder: the ladder counts by its rounds all the same.
  @Test func laddersCountByTheirRounds() throws {
    let once = (0..<3).map { IndexRows.row(target: 0.2, seed: $0, accuracy: 0.7) }
    let found = try compared(
      once + IndexRows.ladder() + IndexRows.ladder(control: "random-reinit", rounds: 2), "control=none",
      "control=random-reinit")
    #expect(found.columns == ["requested_sparsity", "schedule"])
    #expect(found.lines.map { $0.difference.sample.count } == [3, 3, 3])
    for (line, mean) in zip(found.lines, [0, -0.02, -0.04]) {
      #expect(abs((line.difference.sample.mean ?? 1) - mean) < 1e-12)
    }
  }

  /// Learning rates vary in both sides: pairs agree in them too.
  @Test func pairsAgreeInWhateverElseVaries() throws {
    var rows: [IndexRow] = []
    for rate in [0.1, 0.2] {
      for seed in 0..<3 {
        rows.append(IndexRows.row(criterion: "a", target: 0.5, seed: seed, accuracy: 0.5 + rate, rate: rate))
        rows.append(IndexRows.row(criterion: "b", target: 0.5, seed: seed, accuracy: 0.5, rate: rate))
      }
    }
    let found = try compared(rows, "criterion=b", "criterion=a")
    #expect(found.columns == ["learning_rate"])
    #expect(found.lines.map(\.place) == [[.number(0.1)], [.number(0.2)]])
    for (line, mean) in zip(found.lines, [0.1, 0.2]) {
      #expect(abs((line.difference.sample.mean ?? 0) - mean) < 1e-12)
    }
    // Sides that hold several trials of one seed at one place are refused, with what they differ in.
    #expect {
      try compared(rows, "criterion=a,learning_rate<1", "criterion=b,learning_rate=0.1")
    } throws: { "\($0)".contains("they differ in 'learning_rate'") }
  }

  @Test func denseNetworksArePairedBySeedAlone() throws {
    let found = try compared(IndexRows.grid(), "target_sparsity=0", "criterion=magnitude")
    #expect(found.lines.count == 2)
    for (line, mean) in zip(found.lines, [-0.05, -0.08]) {
      #expect(abs((line.difference.sample.mean ?? 0) - mean) < 1e-12)
    }
  }

  @Test func holmCountsEveryLine() throws {
    let rows = Self.noisy(seeds: 6)
    let found = try compared(rows, "criterion=a", "criterion=b", "criterion=c")
    let own = found.lines.map { $0.difference.tTestP ?? 1 }
    #expect(found.lines.map { $0.correctedP } == HolmCorrection.corrected(own))
    #expect(found.lines[0].verdict == .lower && found.lines[1].verdict == .notDistinguishable)
  }

  /// b lies clearly below a, c does not.
  private static func noisy(seeds: Int) -> [IndexRow] {
    let noise = [0.011, -0.007, 0.003, -0.012, 0.009, -0.004, 0.006]
    return (0..<seeds).flatMap { seed in
      [
        IndexRows.row(criterion: "a", target: 0.5, seed: seed, accuracy: 0.8 + noise[seed]),
        IndexRows.row(criterion: "b", target: 0.5, seed: seed, accuracy: 0.7 + noise[(seed + 1) % 7]),
        IndexRows.row(criterion: "c", target: 0.5, seed: seed, accuracy: 0.8 + noise[(seed + 3) % 7]),
      ]
    }
  }

  @Test func allWithAll() throws {
    let found = try compared(
      Self.noisy(seeds: 6), "criterion=a", "criterion=b", "criterion=c", isMatrix: true)
    #expect(found.lines.map { [$0.reference, $0.treatment] } == [[0, 1], [0, 2], [1, 2]])
    let matrix = found.matrix
    #expect(matrix.columns.count == 4 && matrix.rows.count == 3)
    guard case .text(let below) = matrix.rows[1][1], case .text(let above) = matrix.rows[0][2] else {
      Issue.record("\(matrix.rows)")
      return
    }
    #expect(below.hasPrefix("-") && below.hasSuffix(" *") && above == "+" + below.dropFirst())
    #expect(matrix.rows[0][1] == .missing)
  }

  @Test func allWithAllAreDrawnAtOnePlace() throws {
    let sides = ["criterion=magnitude", "criterion=random"]
    let rows = IndexRows.grid()
    #expect(try compared(rows, sides[0], sides[1], isMatrix: true).figure() == nil)
    let one = try compared(rows, sides[0], sides[1], meeting: ["target_sparsity=0.8"], isMatrix: true)
    let figure = try #require(one.figure())
    #expect(figure.labels == sides && figure.comparisons.count == 1)
    #expect(abs(figure.comparisons[0].difference + 0.24) < 1e-12 && figure.comparisons[0].n == 3)
    #expect(figure.svg.contains("criterion=random"))
  }

  @Test func theTableSaysEverything() throws {
    let found = try compared(IndexRows.grid(), "criterion=magnitude", "criterion=random")
    let table = found.table
    #expect(
      table.commaSeparated.hasPrefix(
        "treatment,reference,requested_sparsity,n,n_expected,test_accuracy_treatment,test_accuracy_reference,"
          + "difference,difference_ci95,p,p_holm,p_signed_rank,p_sign,p_least,effect_size,verdict\n"
          + "criterion=random,criterion=magnitude,0.5,3,3,"))
    #expect(table.text().contains("no exact test of 3 pairs gives p below 0.25"))
    #expect(table.latex.contains("$\\pm$"))
    #expect(found.notes[0].contains("paired by seed and by sparsity"))
  }

  @Test func valuesThatAreMissingAreCounted() throws {
    var rows = IndexRows.grid()
    let place = try #require(rows.firstIndex { $0.criterion == "random" && $0.targetSparsity == 0.8 })
    rows[place].status = .diverged
    let found = try compared(
      rows, "criterion=magnitude", "criterion=random", meeting: ["target_sparsity=0.8"])
    #expect(found.lines[0].difference.sample.countText == "2/3")
  }

  @Test func conditionsAreParted() throws {
    let side = try Comparison.Side(parsing: "criterion=magnitude,random,schedule=one-shot")
    #expect(side.label == "criterion=magnitude,random,schedule=one-shot")
    // Two criteria of one seed and place.
    #expect {
      try Comparison(
        IndexRows.grid(), sides: [side, try Comparison.Side(parsing: "criterion=random")])
    } throws: { "\($0)".contains("they differ in 'criterion' (magnitude, random)") }
    #expect(try Comparison.values(of: "criterion", in: IndexRows.grid()) == ["magnitude", "random"])
    #expect(throws: ReportingError.self) { try Comparison.values(of: "kriterion", in: IndexRows.grid()) }
  }
}
