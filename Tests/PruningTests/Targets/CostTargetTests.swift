import CoppicePruning
import CoppiceTerms
import CoppiceTestSupport
import Testing

@Suite struct CostTargetTests {
  private static let hash = String(repeating: "0a", count: 32)

  @Test(
    arguments: [
      .weights, .units, .flops, .flops(0.5), .parameters(atMost: 1e5), .bytes(0.25), .memory(batch: 4),
      .memory(0.5), .memory(atMost: 1e6, batch: 2), .units(0.125), .latency(table: hash),
      .latency(0.5, table: hash), .latency(atMost: 0.002, batch: 64, table: hash),
    ] as [CostTarget])
  func whatIsPrintedReadsBack(target: CostTarget) throws {
    #expect(try CostTarget(parsing: target.description) == target)
    #expect(target.hasAim == (target.description.contains("share") || target.description.contains("at-most")))
    #expect(target.isCeiling == target.description.contains("at-most"))
  }

  @Test func theyAreSpelledAsPeopleAsk() {
    #expect(CostTarget.flops(0.5).description == "flops(share: 0.5)")
    #expect(
      CostTarget.latency(atMost: 0.002, table: "0123456f").description
        == "latency(at-most: 0.002, batch: 1, table: 0123456f)")
  }

  @Test(
    arguments: [
      ("flops(share: 1)", "share of flops is 1"), ("flops(share: -0.1)", "share of flops is -0.1"),
      ("bytes(at-most: 0)", "at-most of bytes is 0"), ("memory(batch: 0)", "batch of memory is 0"),
      ("flops(share: 0.5, at-most: 9)", "leave out share or at-most"), ("latency", "latency needs table"),
      ("latency(table: 0a)", "8 digits of it or more"), ("latency(table: results)", "8 digits of it or more"),
      ("weights(share: 0.5)", "weights has no field named \"share\""),
      ("flop", "there is no target named \"flop\"; did you mean \"flops\"?"),
    ])
  func whatCannotBeIsRefused(text: String, words: String) {
    let refusal = message { _ = try CostTarget(parsing: text) }
    #expect(refusal.contains(words), "\(refusal)")
  }
}
