import CoppiceLaboratory
import CoppicePruning
import CoppiceTensors
import Testing

@Suite struct ForecastTests {
  /// Per cent of LeNet-300-100's weights remaining after k rounds, (265200 · 0.8^k + 1000 · 0.9^k) / 266200, as Frankle
  /// and Carbin label their curves.
  static let remaining = [
    100, 80.0376, 64.0639, 51.2815, 41.0526, 32.8667, 26.3156, 21.0724, 16.8759, 13.5169, 10.8281, 8.6756,
    6.9522,
    5.5724, 4.4675, 3.5826, 2.8738, 2.3060, 1.8511, 1.4865, 1.1943,
  ]

  @Test func theLadderOfTheLotteryTicket() throws {
    let ladder = try forecasts(
      .lotteryTicket(rounds: 20), .layerWise(output: 0.5), ratio: nil, Layers.lenet300)
    #expect(ladder.count == 21)
    // In whole numbers each round is rounded by itself.
    var layers = [235_200, 30_000, 1_000]
    for (forecast, remaining) in zip(ladder, Self.remaining) {
      #expect(abs(100 * (1 - forecast.sparsity) - remaining) < 0.02)
      #expect(forecast.survivors == layers.reduce(0, +))
      layers = zip(layers, [2, 2, 1]).map { count, tenths in count - (2 * tenths * count + 10) / 20 }
    }
  }

  @Test func oneShotStandsWhereTheLadderStands() throws {
    let ladder = try forecasts(
      .lotteryTicket(rounds: 20), .layerWise(output: 0.5), ratio: nil, Layers.lenet300)
    for round in 1...20 {
      let oneShot = try forecasts(
        .oneShot(toRound: round), .layerWise(output: 0.5), ratio: nil, Layers.lenet300)
      #expect(oneShot.map(\.survivors) == [266_200, ladder[round].survivors])
    }
  }

  @Test(arguments: Allocations.all + [.layerWise(output: 0.5)])
  func iterativeEndsWhereOneShotDoes(allocation: Allocation) throws {
    for ratio in [0.3, 0.9, 0.985] {
      let iterative = try forecasts(.iterative(rounds: 7), allocation, ratio: ratio, Layers.lenet5)
      let oneShot = try forecasts(.oneShot, allocation, ratio: ratio, Layers.lenet5)
      let survivors = iterative.map(\.survivors)
      #expect(survivors.last == oneShot.last?.survivors)
      #expect(survivors == survivors.sorted(by: >))
      #expect(iterative.last.map { abs($0.sparsity - ratio) < 1e-5 } == true)
    }
  }

  @Test func meetsTheErrorsOfThePruning() {
    #expect(throws: PruningError.ratioOutOfRange(1)) {
      try forecasts(.oneShot, .global, ratio: 1, Layers.lenet5)
    }
    #expect(throws: PruningError.roundsOutOfRange(-1)) {
      try forecasts(.iterative(rounds: -1), .global, ratio: 0.5, Layers.lenet5)
    }
    #expect(throws: PruningError.self) {
      try forecasts(.oneShot, .layerWise(rates: ["fc9": 1]), ratio: 0.5, Layers.lenet5)
    }
  }

  @Test func roundsThatRemoveNothingAreKnownWhereUnitsAreEven() throws {
    // Ten units of 784: round by round 8 6 5 4 3 3 2 2 1 1 1 1 1 0 are nearest to 10 · 0.8^k.
    let layer = PrunableLayer(name: "fc1.weight", shape: [10, 784])
    let units = Pruner(criterion: .magnitude, granularity: .neuron)
    var forecast = Forecast([layer], pools: try units.pools(among: [layer]))
    let inVain = try (1...14).map { _ in try forecast.prune(to: .rate(0.2, times: 1), by: .layerWise) }
    #expect(inVain.enumerated().filter(\.element).map { $0.offset + 1 } == [6, 8, 10, 11, 12, 13])
    // Of single weights the number alone decides: 3 2 2 2.
    let few = PrunableLayer(name: "w", shape: [3])
    for allocation in [Allocation.layerWise, .global] {
      var weights = Forecast([few], pools: try Pruner(criterion: .magnitude).pools(among: [few]))
      let none = try (1...4).map { _ in try weights.prune(to: .rate(0.2, times: 1), by: allocation) }
      #expect(none == [false, true, true, true] && weights.survivors == 2)
    }
  }

  @Test func unevenUnitsTellNothingBefore() throws {
    let layers = [PrunableLayer(name: "a", shape: [4, 8]), PrunableLayer(name: "b", shape: [4, 2])]
    let pools = try Pruner(criterion: .magnitude, granularity: .neuron).pools(among: layers)
    #expect(pools.map(\.layers) == [[0], [1]] && pools.map(\.largest) == [8, 2])
    #expect(pools.map(\.isEven) == [true, true])
    // A tenth of 40 weights is half of a unit of 8, and two of 2: in one pool nobody knows.
    var pooled = Forecast(layers, pools: pools)
    #expect(try pooled.prune(to: .sparsity(0.05), by: .global) == false)
    var apart = Forecast(layers, pools: pools)
    #expect(try apart.prune(to: .sparsity(0.05), by: .layerWise))
    // Units that overlap, and units that leave weights out, say nothing by their number.
    for rows in [[[0, 1], [1, 2], [2, 3]], [[0], [1]]] {
      let granularity = Granularity("some") { _ in rows.map { .init([.init("a", axis: 0, $0)]) } }
      let pools = try Pruner(criterion: .magnitude, granularity: granularity).pools(among: [layers[0]])
      #expect(pools.map(\.isEven) == [false])
    }
  }

  @Test func nothingIsPrunedOfNothing() { #expect(Forecast([]).sparsity == 0) }

  /// What is forecast before the first round of a schedule and after each of them.
  private func forecasts(
    _ schedule: Schedule, _ allocation: Allocation, ratio: Double?, _ layers: [PrunableLayer]
  ) throws -> [Forecast] {
    var forecasts = [Forecast(layers)]
    for round in 1...max(1, schedule.rounds) {
      var forecast = forecasts[round - 1]
      try forecast.prune(to: schedule.target(ofRound: round, ratio: ratio), by: allocation)
      forecasts.append(forecast)
    }
    return forecasts
  }
}

/// The prunable layers of known networks.
private enum Layers {
  static let lenet300: [PrunableLayer] = [
    PrunableLayer(name: "fc1.weight", shape: [300, 784]),
    PrunableLayer(name: "fc2.weight", shape: [100, 300]),
    PrunableLayer(name: "fc3.weight", shape: [10, 100]),
  ]
  static let lenet5: [PrunableLayer] = [
    PrunableLayer(name: "conv1.weight", shape: [20, 1, 5, 5]),
    PrunableLayer(name: "conv2.weight", shape: [50, 20, 5, 5]),
    PrunableLayer(name: "fc1.weight", shape: [500, 800]),
    PrunableLayer(name: "fc2.weight", shape: [10, 500]),
  ]
}
