import CoppiceAutodiff
import CoppiceNetworks
import Testing

/// Ranks from shapes alone.
@Suite struct FactorRanksTests {
  @Test(arguments: [0.25, 0.5, 0.75]) func theShareIsKept(share: Double) throws {
    for (model, interface) in [
      (Model.lenet300100, Interface.images([1, 28, 28], classes: 10)),
      (.resnet20, .images([3, 32, 32], classes: 10)),
    ] {
      let network = try Network(model, interface)
      let (ranks, told) = try FactorRanks.ranks(of: network, flops: share)
      let made = try Factorised(ranks).apply(to: network)
      let flops = try [network, made].map { Double(try $0.evaluationGraph(batch: 1).flops) }
      // Counted from the graph that runs; what a bias and a rectifier take is not told apart.
      #expect(abs(flops[1] / flops[0] - told) < 0.002)
      #expect(told <= share && told > share - 0.04, "\(told)")
    }
  }

  /// 784 · 300 as 784 · r + r · 300, and so on: r is the same share of each full rank.
  @Test func ofLeNet() throws {
    let network = try Network(.lenet300100, .images([1, 28, 28], classes: 10))
    let (ranks, _) = try FactorRanks.ranks(of: network, flops: 0.5)
    #expect(ranks.map(\.weight) == ["fc1.weight", "fc2.weight", "fc3.weight"])
    // 784 · 300 / 1084, 300 · 100 / 400 and 100 · 10 / 110.
    let full: [Double] = [216.97, 75, 9.09]
    for (place, one) in ranks.enumerated() {
      let part = Double(one.rank) / full[place]
      #expect(abs(part - 0.5) < 0.07, "\(one.rank) of \(full[place])")
    }
    #expect(
      try FactorRanks.ranks(of: network, rank: 8).map(\.weight) == ["fc1.weight", "fc2.weight", "fc3.weight"])
    #expect(try FactorRanks.ranks(of: network, rank: 20).map(\.weight) == ["fc1.weight", "fc2.weight"])
    #expect(try FactorRanks.ranks(of: network, rank: 300).isEmpty)
    #expect(try FactorRanks.ranks(of: network, rank: .max).isEmpty)
    // Products of rank 1 are the least there is.
    let (least, share) = try FactorRanks.ranks(of: network, flops: 1e-9)
    #expect(least.allSatisfy { $0.rank == 1 } && share > 1e-9 && share < 0.02)
  }
}
