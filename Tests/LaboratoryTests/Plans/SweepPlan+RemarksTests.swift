import CoppiceLaboratory
import CoppiceNetworks
import CoppicePruning
import CoppiceTestSupport
import Testing

@Suite struct RemarksTests {
  private func remarks(
    _ overrides: [(name: String, text: String)] = [], _ base: Trial = .tiny,
    @SweepBuilder _ sweep: () -> SweepStep = { SweepStep { $0 } }
  ) throws -> [String] {
    try SweepPlan(
      Experiment("test", question: "", base: base, sweep: sweep), overrides: overrides, library: Bench.library
    ).remarks
  }

  @Test func copiesOfCellsAreSaid() throws {
    func seeds(_ overrides: [(name: String, text: String)]) throws -> [String] {
      try remarks(overrides) {
        Axis(\.sparsity, [0.5, 0.9])
        Axis(\.seed, 0..<3)
      }
    }
    #expect(try seeds([]) == [])
    #expect(try seeds([("criterion", "random")]) == [])
    #expect(
      try seeds([("criterion", "random"), ("seed", "7")])
        == ["4 of 6 cells are copies of others and are run once: --set gives all cells one value of seed"])
    #expect(
      try remarks { for _ in 0..<2 { Fix(\.sparsity, 0.5) } }
        == ["1 of 2 cells are copies of others and are run once"])
  }

  /// 192 and 36 weights in units of 16 and 12.
  @Test func layersThatLoseAllAreSaid() throws {
    func found(
      _ granularity: Granularity, _ sparsity: Double, _ allocation: Allocation = .layerWise
    ) throws -> [String] {
      try remarks(
        [],
        Trial.tiny.with { ($0.granularity, $0.allocation, $0.sparsity) = (granularity, allocation, sparsity) }
      )
    }
    #expect(
      try found(.weight, 0.99) == [
        "allocation layer-wise leaves nothing of fc2.weight of mlp(widths: [12]) at a sparsity of 0.99: 1 trial in all, whose "
          + "networks collapse; one unit (weight) stays up to a sparsity of 0.9722, and allocation global or a floor keeps more"
      ])
    #expect(try found(.weight, 0.9722) == [])
    let units = try found(.neuron, 0.85)
    #expect(
      units.count == 1 && units[0].contains("of fc2.weight of")
        && units[0].contains("up to a sparsity of 0.6666"))
    #expect(try found(.neuron, 0.6666) == [])
    // Where layers compete, nobody knows.
    #expect(try found(.weight, 0.99, .global) == [])
  }

  @Test(
    arguments: [
      (.fineTune(), .cosine(0.1), true), (.rewind(learningRate: false), .cosine(0.1), true),
      (.fineTune(), .cosine(0.1, floor: 0.001), false), (.fineTune(), .steps(0.1, at: [0.5, 0.75]), false),
      (.fineTune(), .constant(0.1), false), (.learningRateRewind(), .cosine(0.1), false),
      (.learningRateRewind(to: .iterations(295)), .cosine(0.1), true), (.rewind(), .cosine(0.1), false),
      (.none, .cosine(0.1), false),
    ] as [(Retraining, LearningRate, Bool)])
  func aRetrainingThatMovesNothingIsSaid(
    retraining: Retraining, rates: LearningRate, isSlow: Bool
  ) throws {
    let found = try remarks(
      [],
      Trial.tiny.with {
        ($0.retraining, $0.learningRate, $0.training) = (retraining, rates, .iterations(300))
        ($0.schedule, $0.sparsity) = (.oneShot, 0.5)
      })
    #expect(found.count == (isSlow ? 1 : 0), "\(found)")
    guard isSlow, retraining == .fineTune() else { return }
    #expect(
      found == [
        "fine-tune(budget: 0.25) of 2 trials runs at a learning rate of at most 2.7e-06, below a thousandth "
          + "of the highest of cosine(rate: 0.1, floor: 0.0), and moves next to nothing: take "
          + "retraining-rate=linear, retraining=learning-rate-rewind, or a learning-rate that ends higher, such as cosine(rate: 0.1, floor: 0.001)"
      ])
  }
}
