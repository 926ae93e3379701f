import CoppiceTerms
import CoppiceTestSupport
import Testing

/// What can be cut out of a model, as a person and a program are told.
@Suite struct ExplainTests {
  private func run(_ arguments: [String]) throws -> Program.Outcome { try Program().run(arguments) }

  @Test func familiesHaveTheirPartsAndTheRestItsReason() throws {
    let text = try run(["explain", "lenet-5"]).output
    #expect(
      text.hasPrefix(
        "lenet-5 on images [1, 28, 28] of 10 classes: 431080 parameters, 570 units in 3 families"))
    #expect(
      text.contains(
        """
        50 channels, 8501 parameters each
          conv2.weight [50, 20, 5, 5], axis 0: 1 place
          conv2.bias [50], axis 0: 1 place
          fc1.weight [500, 800], axis 1: 16 places
          through 
        """))
    #expect(text.contains("fc2.weight [10, 500], axis 0: 1 place: reaches the output logits"))
    #expect(text.contains("conv1.weight [20, 1, 5, 5], axis 1: 1 place: reaches the input inputs"))
  }

  @Test func aProgramReadsTheSame() throws {
    let outcome = try run(["explain", "encoder(width: 64, heads: 4, layers: 1)", "--json"])
    let json = try #require(JSON(parsing: outcome.output))
    guard case .list(let families)? = json["families"] else {
      Issue.record("no families")
      return
    }
    let heads = families.filter { if case .text("attention head")? = $0["kind"] { true } else { false } }
    #expect(heads.count == 1)
    guard case .integer(4)? = heads.first?["units"], case .integer(4_144)? = heads.first?["parameters"] else {
      Issue.record("\(outcome.output)")
      return
    }
  }

  @Test func branchesAndBlocksAreTold() throws {
    let text = try run(["explain", "resnet(widths: [4, 6], blocks: 2)"]).output
    #expect(
      text.contains(
        """
        residual branches, of which only the shortcut is left
          in blocks.0: blocks.0.conv1, blocks.0.bn1, blocks.0.conv2, blocks.0.bn2; 304 parameters, through convolution
        """), "\(text)")
    #expect(text.contains("blocks, of which only what they are given is left\n  in blocks.0: "))
    #expect(
      text.contains(
        "\n  blocks.2 stays: it has no identity: it makes [4, 32, 32] of each example into [6, 16, 16]"))
    let outcome = try run(["explain", "encoder(width: 8, heads: 2, layers: 2)", "--json"])
    let json = try #require(JSON(parsing: outcome.output))
    for (kind, count) in [("branches", 4), ("blocks", 2)] {
      guard case .list(let found)? = json[kind] else {
        Issue.record("no \(kind)")
        continue
      }
      #expect(found.count == count)
      #expect(found.allSatisfy { if case .flag(true)? = $0["removable"] { true } else { false } })
    }
    let plain = try run(["explain", "lenet-5"]).output
    #expect(!plain.contains("residual branches") && !plain.contains("blocks"))
  }

  @Test func whatItIsTracedForCanBeSaid() throws {
    let small = try run(["explain", "mlp(widths: [8])", "--set", "dataset=glyphs"])
    #expect(small.status == 0 && small.output.contains("8 hidden units"))
    #expect(try run(["explain", "resnet-21"]).status == 64)
    let wrong = try run(["explain", "mlp", "--set", "sparsity"])
    #expect(wrong.status == 64 && wrong.errors.contains("--set takes name=value"))
  }
}
