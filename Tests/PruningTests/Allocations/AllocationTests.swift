import CoppicePruning
import CoppiceTensors
import Testing

@Suite struct AllocationTests {
  private func counts(_ quota: Quota) -> [Int] {
    if case .layers(let counts) = quota { counts } else { [] }
  }

  @Test func globalRemovesTheRoundedNumber() throws {
    for count in 1...60 {
      let layers = [PrunableLayer(name: "w", shape: [count])]
      for numerator in 0..<64 {
        // Oracle in whole numbers: round(a·n / 64), half away from zero, is ⌊(2·a·n + 64) / 128⌋.
        let removed = (2 * numerator * count + 64) / 128
        let quota = try Allocation.global.quota(for: layers, target: .sparsity(Double(numerator) / 64))
        #expect(quota == .pool(count - removed), "\(numerator)/64 of \(count)")
      }
    }
  }

  @Test func globalRatesGoBySurvivors() throws {
    let layers = [
      PrunableLayer(name: "a", shape: [100], survivors: 50), PrunableLayer(name: "b", shape: [100]),
    ]
    #expect(try Allocation.global.quota(for: layers, target: .rate(0.2, times: 1)) == .pool(120))
    #expect(try Allocation.global.quota(for: layers, target: .rate(0.2, times: 3)) == .pool(77))
    #expect(try Allocation.global.quota(for: layers, target: .sparsity(0.1)) == .pool(150))
  }

  @Test func layersGiveTheSameFraction() throws {
    let quota = try Allocation.layerWise.quota(for: Networks.lenet300, target: .sparsity(0.9))
    #expect(quota == .layers([23_520, 3_000, 100]))
    let odd = [PrunableLayer(name: "a", shape: [5]), PrunableLayer(name: "b", shape: [15])]
    #expect(try Allocation.layerWise.quota(for: odd, target: .sparsity(0.5)) == .layers([2, 7]))
  }

  @Test func halfRateOutputUnderALadder() throws {
    let allocation = Allocation.layerWise(output: 0.5)
    #expect(
      try allocation.quota(for: Networks.lenet300, target: .rate(0.2, times: 1))
        == .layers([188_160, 24_000, 900]))
    #expect(
      try allocation.quota(for: Networks.lenet300, target: .rate(0.2, times: 3))
        == .layers([120_422, 15_360, 729]))
  }

  @Test func unequalRatesReachTheSparsityOfTheWhole() throws {
    for sparsity in [0.0, 0.1, 0.5, 0.9, 0.99, 0.999] {
      let allocation = Allocation.layerWise(rates: ["conv1": 0.25], output: 0.5, ignoring: [])
      let kept = counts(try allocation.quota(for: Networks.lenet5, target: .sparsity(sparsity)))
      let wanted = (1 - sparsity) * 430_500
      #expect(abs(Double(kept.reduce(0, +)) - wanted) <= 2)
      // Layers at rates m₁ and m₂ have densities with d₁^(1/m₁) = d₂^(1/m₂), to within their rounding.
      let (x, output) = (Double(kept[2]) / 400_000, Double(kept[3]) / 5000)
      #expect(abs(output * output - x) < 2 * output / 5000 + 1e-5)
    }
  }

  @Test func equalRatesAreThePlainRule() throws {
    let target = PruningTarget.sparsity(0.87)
    #expect(
      try Allocation.layerWise(rates: ["fc1": 0.5, "fc2": 0.5], output: 0.5)
        .quota(for: Networks.lenet300, target: target)
        == Allocation.layerWise.quota(for: Networks.lenet300, target: target))
  }

  @Test func theLongestNameWinsAndALayerBeatsTheOutputRule() throws {
    let layers = ["block.0.a", "block.0.b", "block.1.a", "head"].map {
      PrunableLayer(name: $0 + ".weight", shape: [1000])
    }
    let allocation = Allocation.layerWise(rates: ["block": 0.5, "block.0.b": 0.25, "head.weight": 2])
    #expect(
      try allocation.quota(for: layers, target: .rate(0.2, times: 1)) == .layers([900, 950, 900, 600]))
  }

  @Test func rateZeroKeepsALayerWholeAndSaysWhenThatIsTooMuch() throws {
    let layers = [PrunableLayer(name: "a", shape: [50]), PrunableLayer(name: "b", shape: [50])]
    let allocation = Allocation.layerWise(output: 0)
    #expect(try allocation.quota(for: layers, target: .sparsity(0.4)) == .layers([10, 50]))
    #expect(throws: PruningError.unreachable(sparsity: 0.6, most: 0.5, "layer-wise")) {
      try allocation.quota(for: layers, target: .sparsity(0.6))
    }
    #expect(throws: PruningError.unreachable(sparsity: 0.6, most: 0, "layer-wise")) {
      try Allocation.layerWise(rates: ["a": 0], output: 0).quota(for: layers, target: .sparsity(0.6))
    }
  }

  @Test func layerWiseRefusesWhatMakesNoSense() {
    let layers = Networks.lenet300
    #expect(throws: PruningError.relativeRateOutOfRange(-1, of: "fc1")) {
      try Allocation.layerWise(rates: ["fc1": -1]).quota(for: layers, target: .sparsity(0.5))
    }
    #expect(throws: PruningError.rateOutOfRange(1.5, of: "pruning fc1.weight in a round")) {
      try Allocation.layerWise(rates: ["fc1": 3]).quota(for: layers, target: .rate(0.5, times: 1))
    }
    #expect(
      throws: PruningError.unknownLayer(
        "cf2", place: "the rates of layer-wise", nearest: "fc2", known: layers.map(\.name))
    ) {
      try Allocation.layerWise(rates: ["cf2": 0.5]).quota(for: layers, target: .sparsity(0.5))
    }
    for sparsity in [1, -0.1, .nan, 2] {
      #expect(throws: PruningError.self) {
        try Allocation.layerWise.quota(for: layers, target: .sparsity(sparsity))
      }
    }
    #expect(throws: PruningError.roundsOutOfRange(0)) {
      try Allocation.global.quota(for: layers, target: .rate(0.2, times: 0))
    }
  }

  /// Sparsities a layer of LeNet-300-100 as published (U. Evci et al., ICML 2020, and the algorithm's own output).
  @Test(arguments: [
    (0.9, [0.9204, 0.7698, 0]), (0.95, [0.9615, 0.8887, 0.0815]), (0.98, [0.9846, 0.9555, 0.6326]),
    (0.99, [0.9923, 0.9777, 0.8163]),
  ])
  func erdosRenyiOnLeNet(sparsity: Double, expected: [Double]) throws {
    let kept = counts(try Allocation.erdosRenyi.quota(for: Networks.lenet300, target: .sparsity(sparsity)))
    for ((layer, count), expected) in zip(zip(Networks.lenet300, kept), expected) {
      #expect(abs(1 - Double(count) / Double(layer.count) - expected) < 0.5 / Double(layer.count) + 0.0001)
    }
  }

  @Test func masksShrinkUnderErdosRenyiWhateverTheyWere() throws {
    let layers = [
      PrunableLayer(name: "a", shape: [10, 10], survivors: 3), PrunableLayer(name: "b", shape: [10, 10]),
    ]
    #expect(try Allocation.erdosRenyi.quota(for: layers, target: .sparsity(0.5)) == .layers([3, 50]))
  }

  @Test func rowsGiveAsMuchAsTheirLayer() throws {
    let target = PruningTarget.sparsity(0.87)
    guard
      case .rows(let counts) = try Allocation.rowWise(output: 0.5).quota(
        for: Networks.lenet300, target: target)
    else {
      Issue.record("row-wise compares rows")
      return
    }
    #expect(
      try Allocation.layerWise(output: 0.5).quota(for: Networks.lenet300, target: target) == .layers(counts))
    #expect(
      "\(Allocation.rowWise(output: 0.5, ignoring: ["fc3"]))" == "row-wise(output: 0.5, ignoring: [fc3])")
    #expect(Quota.rows([3, 4]).total == 7)
    #expect(throws: PruningError.quotaCount(1, layers: 3, allocation: "mine")) {
      try Allocation("mine") { _, _ in .rows([1]) }.quota(for: Networks.lenet300, target: target)
    }
  }

  @Test func ignoredLayersAreNotPrunable() throws {
    let masks = Networks.masks(Networks.lenet300)
    for allocation in [
      Allocation.global(ignoring: ["fc3"]), .layerWise(ignoring: ["fc3.weight"]),
      .erdosRenyi(ignoring: ["fc3"]), .rowWise(ignoring: ["fc3"]),
      .erdosRenyiKernel(ignoring: ["fc3"]),
    ] {
      #expect(try allocation.prunable(among: masks).names == ["fc1.weight", "fc2.weight"])
    }
    #expect(throws: PruningError.nothingToPrune(ignoring: ["fc1", "fc2", "fc3"])) {
      try Allocation.global(ignoring: ["fc1", "fc2", "fc3"]).prunable(among: masks)
    }
    #expect(throws: PruningError.nothingToPrune(ignoring: [])) {
      try Allocation.global.prunable(among: MaskSet())
    }
    #expect(throws: PruningError.self) { try Allocation.global(ignoring: ["fc"]).prunable(among: masks) }
  }

  @Test func aUsersQuotaIsChecked() {
    let layers = Networks.lenet300
    #expect(throws: PruningError.quotaCount(1, layers: 3, allocation: "mine")) {
      try Allocation("mine") { _, _ in .layers([1]) }.quota(for: layers, target: .sparsity(0.5))
    }
    #expect(
      throws: PruningError.quotaOutOfRange(1001, survivors: 1000, layer: "fc3.weight", allocation: "mine")
    ) {
      try Allocation("mine") { _, _ in .layers([0, 0, 1001]) }.quota(for: layers, target: .sparsity(0.5))
    }
    #expect(throws: PruningError.quotaOutOfRange(-1, survivors: 266_200, layer: nil, allocation: "mine")) {
      try Allocation("mine") { _, _ in .pool(-1) }.quota(for: layers, target: .sparsity(0.5))
    }
  }

  @Test func specificationsTellThemApart() {
    #expect("\(Allocation.layerWise(output: 0.5))" == "layer-wise(output: 0.5)")
    #expect(
      "\(Allocation.layerWise(rates: ["b": 0.5, "a": 2], ignoring: ["fc3"]))"
        == "layer-wise(rates: rates(a: 2.0, b: 0.5), ignoring: [fc3])")
    #expect(Allocation.global == .global(ignoring: []))
    #expect(Allocation.global != .global(ignoring: ["fc3"]))
    #expect(Allocation.layerWise == .layerWise())
  }
}
