import CoppicePruning
import CoppiceTensors
import Testing

/// The search for an order of channels: against all ways to group them, and what it does to masks.
@Suite struct ChannelOrderTests {
  private let granularity = Granularity.nOfM(keep: 2, of: 4, permuted: true)

  private func context(_ shape: Shape, _ weights: [Float]) -> ScoringContext {
    ScoringContext(
      weights: ParameterSet([("w", Tensor(shape, weights))]), masks: MaskSet([("w", Mask(keepingAll: shape))])
    )
  }

  private func prune(_ shape: Shape, _ weights: [Float], _ granularity: Granularity) throws -> Pruning {
    try Pruner(criterion: .magnitude, granularity: granularity).prune(
      context(shape, weights), to: .sparsity(0.5))
  }

  private func kept(_ pruning: Pruning, _ weights: [Float]) -> Double {
    let bytes = pruning.masks["w"]?.bytes ?? []
    return bytes.indices.filter { bytes[$0] == 1 }.map { Double(abs(weights[$0])) }.reduce(0, +)
  }

  @Test func magnitudesThatStandTogetherAreSpread() throws {
    // The first four channels are large: in their own order two of them go, permuted none does.
    let weights: [Float] = [9, 8, 7, 6, 1, 2, 3, 4]
    let plain = try prune([1, 8], weights, .nOfM)
    let permuted = try prune([1, 8], weights, granularity)
    #expect(plain.masks["w"]?.bytes == [1, 1, 0, 0, 0, 0, 1, 1])
    #expect(permuted.masks["w"]?.bytes == [1, 1, 1, 1, 0, 0, 0, 0])
    #expect(plain.report.orders.isEmpty)
    let order = try #require(permuted.report.orders.first)
    #expect((order.layer, order.before, order.after) == ("w", 24, 30))
    #expect(order.channels.sorted() == Array(0..<8))
    // The mask in the network's order is the pattern in the recorded one.
    let bytes = try #require(permuted.masks["w"]).bytes
    for group in 0..<2 {
      #expect(order.channels[(4 * group)..<(4 * group + 4)].count { bytes[$0] == 1 } == 2)
    }
  }

  /// All 35 ways to divide eight channels into two groups: swaps end where no swap helps, and mostly at the best of all.
  @Test func itComesNearTheBestOfAllGroupings() throws {
    var generator = Generator(state: 9)
    var best = 0
    for _ in 0..<30 {
      let weights = (0..<24).map { _ in generator.float() }
      let permuted = try prune([3, 8], weights, granularity)
      let order = try #require(permuted.report.orders.first)
      let found = kept(permuted, weights)
      #expect(abs(order.after - found) < 1e-5)
      #expect(abs(order.before - kept(try prune([3, 8], weights, .nOfM), weights)) < 1e-5)
      #expect(found >= order.before - 1e-6)
      var most = 0.0
      for choice in 0..<128 where choice.nonzeroBitCount == 4 {
        let groups = [true, false].map { side in (0..<8).filter { ((choice >> $0) & 1 == 1) == side } }
        var sum = 0.0
        for row in 0..<3 {
          for group in groups {
            sum += group.map { Double(abs(weights[8 * row + $0])) }.sorted(by: >).prefix(2).reduce(0, +)
          }
        }
        most = max(most, sum)
      }
      #expect(found <= most + 1e-5)
      if abs(found - most) < 1e-5 { best += 1 }
    }
    #expect(best >= 20, "\(best) of 30")
  }

  @Test func kernelsArePermutedByChannelAndItIsDeterministic() throws {
    var generator = Generator(state: 2)
    let weights = (0..<(5 * 12 * 4)).map { _ in generator.float() }
    let one = try prune([5, 12, 2, 2], weights, granularity)
    #expect(try prune([5, 12, 2, 2], weights, granularity) == one)
    #expect(kept(one, weights) > kept(try prune([5, 12, 2, 2], weights, .nOfM), weights))
    let order = try #require(one.report.orders.first)
    let bytes = try #require(one.masks["w"]).bytes
    for row in 0..<5 {
      for place in 0..<4 {
        for group in 0..<3 {
          let channels = order.channels[(4 * group)..<(4 * group + 4)]
          #expect(channels.count { bytes[(row * 12 + $0) * 4 + place] == 1 } == 2)
        }
      }
    }
  }
}
