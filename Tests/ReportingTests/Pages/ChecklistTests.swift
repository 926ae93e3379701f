import CoppiceReporting
import CoppiceStore
import CoppiceTerms
import Foundation
import Testing

/// What is ticked, and why.
@Suite struct ChecklistTests {
  private func checklist(
    _ rows: [IndexRow], configuration: String = "{}", provenance: String = "{}"
  ) throws -> [String: Checklist.Item] {
    let items = Checklist(
      rows: rows, curves: try CurveSet(rows), configuration: JSON(parsing: configuration),
      provenance: JSON(parsing: provenance)
    ).items
    return Dictionary(uniqueKeysWithValues: items.map { ($0.name, $0) })
  }

  private func change(_ rows: [IndexRow], _ change: (inout IndexRow) -> Void) -> [IndexRow] {
    rows.map { row in
      var row = row
      change(&row)
      return row
    }
  }

  @Test func twoPointsAreFew() throws {
    let points = try #require(try checklist(IndexRows.grid())["Several operating points"])
    #expect(!points.isMet)
    #expect(
      points.reason == "every curve has 2 points, from 50 % to 20 % of the weights; at least 5 are asked for")
    let ladder = try #require(
      try checklist(IndexRows.ladder(rounds: 5))["Several operating points"])
    #expect(ladder.isMet)
  }

  @Test func whatHurtsIsMeasuredAgainstTheDenseNetworkOfTheSeed() throws {
    let item = try #require(try checklist(IndexRows.grid())["Up to a sparsity that hurts"])
    #expect(item.isMet)
    #expect(item.reason == "the worst point loses 32.00 points of accuracy against its dense network")
    let mild = IndexRows.grid().filter { $0.criterion != "random" }
      .map { row in
        var row = row
        row[metric: .testAccuracy] = 0.9
        return row
      }
    #expect(try checklist(mild)["Up to a sparsity that hurts"]?.isMet == false)
  }

  @Test func baselinesAreFoundByWhatIsThere() throws {
    let both = try checklist(IndexRows.grid())
    #expect(both["A random pruning baseline"]?.reason == "the criterion random")
    #expect(both["A magnitude pruning baseline"]?.isMet == true)
    #expect(both["Other methods of the field"]?.isMet == false)
    #expect(both["A dense baseline of every seed"]?.isMet == true)
    let alone = try checklist(IndexRows.grid().filter { $0.criterion != "random" })
    #expect(alone["A random pruning baseline"]?.isMet == false)
    let control = try checklist(IndexRows.ladder() + IndexRows.ladder(control: "random-mask"))
    #expect(control["A random pruning baseline"]?.reason == "the control random-mask")
    let other = try checklist(
      change(IndexRows.grid()) { if $0.criterion == "random" { $0.criterion = "snip(batches: 2)" } })
    #expect(other["Other methods of the field"]?.reason == "snip")
    #expect(other["A random pruning baseline"]?.isMet == false)
    let lost = try checklist(IndexRows.grid().filter { !($0.seed == 2 && $0.targetSparsity == 0) })
    #expect(lost["A dense baseline of every seed"]?.reason == "no dense network of seed 2")
  }

  @Test func seedsAndBandsAreCounted() throws {
    let three = try checklist(IndexRows.grid())
    #expect(three["At least three seeds a point"]?.isMet == true)
    #expect(three["At least three seeds a point"]?.reason == "n = 3")
    #expect(three["Error bars that are defined"]?.isMet == true)
    let one = try checklist(IndexRows.grid().filter { $0.seed == 0 })
    #expect(one["At least three seeds a point"]?.isMet == false)
    #expect(one["Error bars that are defined"]?.reason == "4 of 4 points have too few seeds for an interval")
  }

  @Test func costsAreThereOrNot() throws {
    let plain = try checklist(IndexRows.grid())
    #expect(plain["Compression and theoretical speed-up both"]?.isMet == false)
    #expect(plain["Measured speed"]?.isMet == false)
    let counted = try checklist(
      change(IndexRows.grid()) { row in
        (row[metric: .parametersNonzero], row[metric: .flopsNonzero]) = (10, 20)
        (row[metric: .latencyThreads], row.processor) = (1, "a processor")
      })
    #expect(counted["Compression and theoretical speed-up both"]?.isMet == true)
    #expect(counted["Measured speed"]?.reason == "the latency of 15 networks, on a processor")
  }

  /// The network a ladder starts from is that of the dense trial, to the bit, or it is another.
  @Test func theSameStartIsHeldAgainstTheDenseTrials() throws {
    let ladder = IndexRows.ladder()
    let dense = ladder.filter { $0.round == 0 }.map { row in
      var row = row
      (row.trial, row.isFinal, row.targetSparsity) = ("dense \(row.seed)", true, 0)
      (row.schedule, row.retraining, row.isLadder) = ("one-shot", "none", false)
      return row
    }
    let same = try #require(try checklist(dense + ladder)["The same starting network"])
    #expect(same.isMet)
    #expect(same.reason == "3 trials start from the dense network of their seed, equal to the bit")
    let other = change(dense) { if $0.seed == 1 { $0[metric: .testLoss] += 1e-12 } }
    let differing = try #require(try checklist(other + ladder)["The same starting network"])
    #expect(!differing.isMet)
    #expect(
      differing.reason == "1 of 3 trials start from another network than the dense one of their seed")
    // Final rows alone do not say what they started from.
    #expect(try checklist(IndexRows.grid())["The same starting network"]?.isMet == false)
  }

  @Test func askedAndAchievedAndHeldOut() throws {
    let rows = change(IndexRows.grid()) { $0[metric: .validationAccuracy] = 0.8 }
    let configuration = #"{"trials": {"a": {"dataset": {"name": "glyphs", "validation": 500}}}}"#
    let items = try checklist(rows, configuration: configuration)
    #expect(items["Sparsity asked for beside sparsity achieved"]?.reason == "they differ by at most 0 points")
    #expect(
      items["Selection on data that are held out"]?.reason
        == "500 examples of the training data are held out; early stopping looks at the validation loss, never at the test set"
    )
    #expect(items["All hyper-parameters"]?.isMet == false)
    #expect(try checklist(IndexRows.grid())["Selection on data that are held out"]?.isMet == false)
  }

  @Test func trialsThatDidNotFinishAreSaid() throws {
    let rows = change(IndexRows.grid()) { row in
      guard row.criterion == "random", row.targetSparsity == 0.8 else { return }
      row.status = row.seed == 0 ? .failed : row.seed == 1 ? .diverged : .completed
    }
    let item = try #require(try checklist(rows)["Every trial accounted for"])
    #expect(!item.isMet)
    #expect(item.reason == "15 trials, of which 1 diverged, 1 not finished")
  }

  @Test func originAndDataComeFromTheProvenance() throws {
    let clean = #"""
      {"tool": "coppice 1", "git_commit": "0123456789abcdef", "git_dirty": false, "processor": "p", "system": "s",
       "data": [{"dataset": "mnist", "differences": []}]}
      """#
    let items = try checklist(IndexRows.grid(), provenance: clean)
    #expect(items["Code, library and hardware"]?.reason == "coppice 1, commit 0123456789ab, p, s")
    #expect(items["Code, library and hardware"]?.isMet == true)
    #expect(items["Data sets with their checksums"]?.reason == "mnist, with the SHA-256 of every file")
    let dirty = clean.replacing("false", with: "true").replacing("[]", with: #"["other files"]"#)
    let other = try checklist(IndexRows.grid(), provenance: dirty)
    #expect(other["Code, library and hardware"]?.isMet == false)
    #expect(other["Data sets with their checksums"]?.isMet == false)
    #expect(try checklist(IndexRows.grid())["Data sets with their checksums"]?.isMet == false)
  }
}
