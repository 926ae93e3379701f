import CoppiceReporting
import CoppiceStore
import Foundation
import Testing

@Suite struct CompareTests {
  /// A summary of two criteria and three seeds.
  private func program() throws -> Program {
    let program = try Program()
    var rows: [IndexRow] = []
    for seed in 0..<3 {
      for (criterion, loss) in [("none", 0.0), ("magnitude", 0.1), ("random", 0.4), ("snip", 0.12)] {
        for target in criterion == "none" ? [0] : [0.5, 0.8] {
          var row = IndexRow(trial: "\(criterion)-\(target)-\(seed)", seed: seed, round: 1)
          (row.isFinal, row.criterion, row.control, row.schedule) = (true, criterion, "none", "one-shot")
          (row.targetSparsity, row.requestedSparsity) = (target, target)
          (row.sparsity, row.density) = (target, 1 - target)
          let noise = Double((seed * 7 + criterion.count * 3) % 5) * 0.001
          row[metric: .testAccuracy] = 0.9 - loss * target + noise
          rows.append(row)
        }
      }
    }
    try SummaryFile.write(
      Summary(experiment: "made", configuration: "{}", provenance: "{}", rows: rows),
      to: program.store.summary(of: "made"))
    return program
  }

  @Test func conditionsAreComparedWithTheFirst() throws {
    let program = try program()
    let outcome = try program.run([
      "compare", "made", "criterion=magnitude", "criterion=random", "criterion=snip", "--at",
      "target_sparsity=0.8", "--json",
    ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let rows = try #require(try object(outcome.output)["rows"] as? [[String: Any]])
    #expect(rows.map { $0["treatment"] as? String } == ["criterion=random", "criterion=snip"])
    #expect(rows.allSatisfy { $0["n"] as? Int == 3 && $0["reference"] as? String == "criterion=magnitude" })
    let difference = try #require(rows[0]["difference"] as? Double)
    #expect(abs(difference + 0.24) < 0.01)
    #expect((rows[0]["verdict"] as? String)?.contains("no exact test of 3 pairs gives p below 0.25") == true)
    #expect(outcome.errors.contains("Holm's correction counts 2 tests"))
    let text = try program.run(["compare", "made", "criterion=magnitude", "criterion=random"])
    #expect(text.output.contains("sparsity (%)") && text.output.contains("treatment is"))
  }

  @Test func allValuesOfAColumn() throws {
    let program = try program()
    let by = try program.run([
      "compare", "made", "--by", "criterion", "--against", "random", "--format", "csv",
    ])
    #expect(by.status == 0 && by.output.split(separator: "\n").count == 5, "\(by.errors)")
    #expect(by.output.contains("\nmagnitude,random,0.5,"))
    let matrix = try program.run(["compare", "made", "--by", "criterion", "--matrix"])
    #expect(matrix.status == 0 && matrix.output.contains("line less column (pp)"), "\(matrix.errors)")
    #expect(
      try program.run(["compare", "made", "--by", "criterion", "--matrix", "--format", "latex"]).output
        .contains("\\toprule"))
  }

  @Test(arguments: [
    (["made"], 64, "at least two conditions"), (["criterion=a", "criterion=b"], 64, "takes a summary"),
    (["made", "criterion=magnitude", "criterion=none-such"], 64, "No row of the summary meets"),
    (["made", "--by", "kriterion"], 64, "no column 'kriterion'"),
    (["made", "--by", "criterion", "--against", "randon"], 64, "did you mean \"random\"?"),
    (["made", "--against", "random"], 64, "--against names a value"),
    (["made", "criterion=magnitude", "criterion=random", "--y", "trial"], 64, "holds text"),
    (["nowhere", "--by", "criterion"], 64, "nowhere"),
  ])
  func slipsAreTold(words: [String], status: Int32, message: String) throws {
    let outcome = try program().run(["compare"] + words)
    #expect(outcome.status == status && outcome.errors.contains(message), "\(outcome.errors)")
  }
}
