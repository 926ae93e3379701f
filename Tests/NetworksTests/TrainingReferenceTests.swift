import CoppiceNetworks
import CoppiceTensors
import Testing

/// Twenty training steps of a model of each family and of each optimizer, beside PyTorch's in double precision.
@Suite struct TrainingReferenceTests {
  private func compare(_ family: Family, _ expected: ReferenceNetworks.Training) throws {
    let trainer = try family.trainer()
    let losses = try family.run(trainer, steps: expected.losses.count)
    for (step, (loss, wanted)) in zip(losses, expected.losses).enumerated() {
      #expect(
        abs(Double(loss) - wanted) <= 1e-4 * wanted,
        "\(family.name), step \(step): the loss is \(loss) where PyTorch has \(wanted)")
    }
    let arrays = Array(trainer.parameters) + Array(trainer.buffers)
    #expect(arrays.map(\.name).sorted() == expected.final.keys.sorted())
    for (name, tensor) in arrays {
      let wanted = try #require(expected.final[name])
      // Keys have no use for a bias: a softmax forgets what is added to all scores. Its gradient is rounding noise,
      // which Adam blows up.
      let tolerance = name.hasSuffix("c_attn.bias") ? 5e-3 : 1e-3
      let greatest = wanted.map(abs).max() ?? 0
      for (a, b) in zip(tensor.scalars, wanted) {
        #expect(
          abs(Double(a) - b) <= tolerance * max(0.1, greatest),
          "\(family.name) \(name): \(a) where PyTorch has \(b)")
      }
    }
    let evaluator = try Evaluator(family.traced(), batch: family.batch)
    evaluator.load(trainer.parameters, trainer.buffers)
    let score = try evaluator.evaluate(batches: 1) {
      ReferenceNumbers.fill(1000 + $0, family.interface, batch: family.batch, $1, $2)
    }
    #expect(abs(score.loss - expected.evaluationLoss) <= 1e-3 * expected.evaluationLoss)
    #expect(abs(score.accuracy - expected.evaluationAccuracy) < 1e-6)
  }

  @Test("families train as in PyTorch", arguments: Family.all)
  func family(_ family: Family) throws {
    try compare(family, try #require(try ReferenceNetworks.shared.get().families[family.name]))
  }

  @Test("pruned families train as in PyTorch where they run sparse", arguments: Family.all.filter(\.isMasked))
  func sparse(_ family: Family) throws {
    var sparse = family
    sparse.execution = .always
    try compare(sparse, try #require(try ReferenceNetworks.shared.get().families[family.name]))
  }

  static let rules: [(name: String, optimizer: Optimizer, rate: Double, clipping: Double?)] = [
    ("sgd", .sgd(), 0.2, nil), ("sgd-decay", .sgd(weightDecay: 0.05), 0.2, nil),
    ("sgd-momentum", .sgd(momentum: 0.9), 0.1, nil),
    ("sgd-nesterov", .sgd(momentum: 0.8, isNesterov: true, weightDecay: 0.01), 0.1, nil),
    ("adam", .adam(), 0.05, nil), ("adam-decay", .adam(beta1: 0.8, beta2: 0.99, weightDecay: 0.1), 0.05, nil),
    ("adamw", .adamW(weightDecay: 0.2), 0.05, nil), ("adamw-clipped", .adamW(), 0.05, 1.2),
    ("sgd-clipped", .sgd(), 0.2, 1.2),
  ]

  @Test("optimizers step as PyTorch's do", arguments: rules.indices)
  func optimizer(index: Int) throws {
    let rule = Self.rules[index]
    let family = Family(
      name: rule.name, model: .mlp([]), interface: .images([1, 1, 5], classes: 3), batch: 4,
      optimizer: rule.optimizer, learningRate: .constant(rule.rate), clipping: rule.clipping)
    try compare(family, try #require(try ReferenceNetworks.shared.get().optimizers[rule.name]))
  }
}
