import CoppiceReporting
import CoppiceStore
import Testing

@Suite struct RowConditionTests {
  private func targets(_ conditions: String...) throws -> [String] {
    let rows = try RowCondition.rows(
      IndexRows.grid(), meeting: try conditions.map { text in try RowCondition(parsing: text) })
    return rows.filter { $0.seed == 0 }.map { "\($0.criterion) \($0.targetSparsity)" }
  }

  @Test func conditionsChooseRowsAndLeaveTheDenseNetwork() throws {
    #expect(try targets() == ["none 0.0", "magnitude 0.8", "magnitude 0.5", "random 0.8", "random 0.5"])
    #expect(try targets("criterion=random") == ["none 0.0", "random 0.8", "random 0.5"])
    #expect(try targets("criterion!=random", "target_sparsity>=0.8") == ["none 0.0", "magnitude 0.8"])
    #expect(
      try targets("criterion=magnitude,random", "density<0.3") == [
        "none 0.0", "magnitude 0.8", "random 0.8",
      ])
    #expect(try targets("sparsity=0.50001", "criterion=random") == ["none 0.0", "random 0.5"])
    #expect(try targets("seed<=0", "criterion=random") == ["none 0.0", "random 0.8", "random 0.5"])
    #expect(
      try targets("learning_rate=0.1", "criterion=random", "sparsity>0.5") == ["none 0.0", "random 0.8"])
  }

  /// The steps of a recipe have commas of their own.
  @Test func aListIsOneValue() throws {
    var row = IndexRows.row(criterion: "[train, prune(sparsity: 0.5)]", target: 0.5, seed: 0, accuracy: 0.9)
    let condition = try RowCondition(parsing: "criterion=random,[train, prune(sparsity: 0.5)]")
    #expect(try RowCondition.rows([row], meeting: [condition]).count == 1)
    row.criterion = "[train"
    #expect(throws: ReportingError.self) { try RowCondition.rows([row], meeting: [condition]) }
  }

  @Test(arguments: ["criterion", "=random", "criterion=", "sparsity<", "sparsity<0.1,0.2", "sparsity>half"])
  func whatIsNoConditionIsRefused(text: String) {
    #expect(throws: ReportingError.unreadableCondition(text)) { try RowCondition(parsing: text) }
  }

  @Test func whatChoosesNothingIsRefused() {
    #expect(throws: ReportingError.noRowsLeft) { try targets("criterion=taylor") }
    #expect(throws: ReportingError.self) { try targets("kriterion=random") }
  }
}
