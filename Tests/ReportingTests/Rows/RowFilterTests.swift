import CoppiceReporting
import CoppiceStore
import Testing

@Suite struct RowFilterTests {
  private func filters(_ texts: [String]) throws -> [RowFilter] {
    try texts.map { text in try RowFilter(parsing: text) }
  }

  private func kept(_ texts: String...) throws -> [String] {
    try RowFilter.curveRows(IndexRows.grid(), meeting: try filters(texts)).filter { $0.seed == 0 }
      .map { "\($0.criterion) \($0.targetSparsity)" }
  }

  /// Both forms say the same, and neither asks a dense network how it is pruned.
  @Test(arguments: [
    ("criterion=random", #"criterion == "random""#), ("target_sparsity>=0.8", "target_sparsity >= 0.8"),
    ("criterion!=random", #"!(criterion == "random")"#),
    ("criterion=magnitude,random", #"criterion in ["magnitude", "random"]"#),
    ("seed<=0", "seed <= 0"), ("sparsity=0.50001", "sparsity == 0.50001"),
  ])
  func formsAgree(short: String, long: String) throws {
    #expect(try kept(short) == kept(long))
    #expect(try kept(short).first == "none 0.0")
    #expect(
      try RowFilter.rows(IndexRows.grid(), meeting: filters([short]))
        == RowFilter.rows(IndexRows.grid(), meeting: filters([long])))
  }

  @Test func aDenseNetworkIsAskedWhatItSharesWithOthers() throws {
    #expect(throws: ReportingError.noRowsLeft) { try kept("seed > 5") }
    #expect(
      try kept(#"criterion == "random" && learning_rate < 1"#) == ["none 0.0", "random 0.8", "random 0.5"])
    #expect(
      try kept(#"criterion == "random" && sparsity > 0.6 || model == "other""#) == ["none 0.0", "random 0.8"])
    #expect(throws: ReportingError.noRowsLeft) { try kept(#"criterion == "random" && model == "other""#) }
  }

  /// What an analysis found is chosen from like the rows of an index.
  @Test func rowsOfAnAnalysisMeetConditionsToo() throws {
    let table = NamedTable(
      "found", title: "what was found",
      columns: [
        .init("method", texts: ["a", "b", "a"]), .init("layer", integers: [1, 1, 2]),
        .init(Quantity("density"), numbers: [0.5, 0.5, 0.1]),
      ], drawing: .init("density", against: "layer", by: ["method"]))
    let some = try RowFilter.rows(of: table, meeting: filters(["method=a", "density > 0.2"]))
    #expect(some.rowCount == 1 && some.drawing == table.drawing && some.columns.count == 3)
    #expect(try RowFilter.rows(of: table, meeting: filters(["layer=1"])).rowCount == 2)
    #expect(throws: ReportingError.unknownColumn("criterion", known: ["method", "layer", "density"])) {
      try RowFilter.rows(of: table, meeting: filters(["criterion=random"]))
    }
    #expect(throws: ReportingError.noRowsMeeting(["method=c"])) {
      try RowFilter.rows(of: table, meeting: filters(["method=c"]))
    }
  }

  @Test func listsAreAskedEverything() throws {
    let rows = try RowFilter.rows(IndexRows.grid(), meeting: filters([#"criterion == "random""#]))
    #expect(rows.count == 6 && rows.allSatisfy { $0.criterion == "random" })
    #expect(try RowFilter.rows(IndexRows.grid(), meeting: filters(["seed > 5"])).isEmpty)
  }

  @Test func aFaultSaysTheWholeText() {
    #expect {
      try kept("seed == 1 && sed == 2")
    } throws: {
      "\($0)".contains("'seed == 1 && sed == 2' cannot be read at letter 14")
    }
    #expect(throws: ReportingError.unreadableCondition("criterion=")) { try kept("criterion=") }
    #expect(throws: ReportingError.self) { try kept("kriterion=random") }
  }
}
