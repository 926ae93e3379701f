import CoppiceLaboratory
import CoppicePruning
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
    let forecast = try Forecast(
      schedule: .lotteryTicket(rounds: 20), allocation: .layerWise(output: 0.5), ratio: nil,
      layers: Layers.lenet300)
    #expect(forecast.survivors.count == 21)
    for (sparsity, remaining) in zip(forecast.sparsities, Self.remaining) {
      #expect(abs(100 * (1 - sparsity) - remaining) < 0.02)
    }
    // In whole numbers each round is rounded by itself.
    var layers = [235_200, 30_000, 1_000]
    for survivors in forecast.survivors {
      #expect(survivors == layers.reduce(0, +))
      layers = zip(layers, [2, 2, 1]).map { count, tenths in count - (2 * tenths * count + 10) / 20 }
    }
  }

  @Test func oneShotStandsWhereTheLadderStands() throws {
    let layers = Layers.lenet300
    let ladder = try Forecast(
      schedule: .lotteryTicket(rounds: 20), allocation: .layerWise(output: 0.5), ratio: nil, layers: layers)
    for round in 1...20 {
      let oneShot = try Forecast(
        schedule: .oneShot(toRound: round), allocation: .layerWise(output: 0.5), ratio: nil, layers: layers)
      #expect(oneShot.survivors == [266_200, ladder.survivors[round]])
    }
  }

  @Test(arguments: Allocations.all + [.layerWise(output: 0.5)])
  func iterativeEndsWhereOneShotDoes(allocation: Allocation) throws {
    for ratio in [0.3, 0.9, 0.985] {
      let iterative = try Forecast(
        schedule: .iterative(rounds: 7), allocation: allocation, ratio: ratio, layers: Layers.lenet5)
      let oneShot = try Forecast(
        schedule: .oneShot, allocation: allocation, ratio: ratio, layers: Layers.lenet5)
      #expect(iterative.survivors.last == oneShot.survivors.last)
      #expect(iterative.survivors == iterative.survivors.sorted(by: >))
      #expect(iterative.sparsities.last.map { abs($0 - ratio) < 1e-5 } == true)
    }
  }

  @Test func meetsTheErrorsOfThePruning() {
    #expect(throws: PruningError.ratioOutOfRange(1)) {
      try Forecast(schedule: .oneShot, allocation: .global, ratio: 1, layers: Layers.lenet5)
    }
    #expect(throws: PruningError.roundsOutOfRange(-1)) {
      try Forecast(schedule: .iterative(rounds: -1), allocation: .global, ratio: 0.5, layers: Layers.lenet5)
    }
    #expect(throws: PruningError.self) {
      try Forecast(
        schedule: .oneShot, allocation: .layerWise(rates: ["fc9": 1]), ratio: 0.5, layers: Layers.lenet5)
    }
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

extension Forecast {
  /// The forecast of all rounds of a schedule.
  fileprivate init(
    schedule: Schedule, allocation: Allocation, ratio: Double?, layers: [PrunableLayer]
  ) throws {
    self.init(layers)
    for round in 1...max(1, schedule.rounds) {
      try prune(to: schedule.target(ofRound: round, ratio: ratio), by: allocation)
    }
  }
}
