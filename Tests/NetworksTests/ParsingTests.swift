import CoppiceNetworks
import CoppiceTensors
import Testing

@Suite struct ParsingTests {
  @Test func everyComponentReadsBackWhatItPrints() throws {
    let models: [Model] = [
      .mlp([]), .mlp([7, 8], initializer: .kaimingNormal), .lenet([3], hidden: 4),
      .conv([[3, 4], [5]], hidden: []),
      .resnet([4], blocks: 1), .encoder(width: 8, heads: 2, layers: 1, feedForward: 2, dropout: 0.25),
      .causalTransformer(width: 8, heads: 1, layers: 1, feedForward: 3, dropout: 0.1),
      .encoder(initializer: .truncatedNormal(deviation: 0.05)),
    ]
    for model in Model.all + models { #expect(try Model(parsing: "\(model)") == model) }
    for initializer in Initializer.all + [.zeros, .ones, .truncatedNormal(deviation: 0.5)] {
      #expect(try Initializer(parsing: "\(initializer)") == initializer)
    }
    let optimizers: [Optimizer] = [
      .sgd(momentum: 0.9, isNesterov: true, weightDecay: 1e-4),
      .adam(beta1: 0.5, beta2: 0.9, epsilon: 1e-6, weightDecay: 1),
      .adamW(beta1: 0.5, beta2: 0.9, epsilon: 1e-6, weightDecay: 1),
    ]
    for optimizer in Optimizer.all + optimizers {
      #expect(try Optimizer(parsing: "\(optimizer)") == optimizer)
    }
    let rates: [LearningRate] = [
      .steps(0.1, at: [0.25], factor: 0.5), .cosine(1, floor: 0.5).warmedUp(steps: 3),
      .steps(1, at: [], factor: 0.5).warmedUp(steps: 1).warmedUp(steps: 2),
    ]
    for rate in LearningRate.all + rates {
      let read = try LearningRate(parsing: "\(rate)")
      #expect(read == rate)
      #expect((0..<20).allSatisfy { read(step: $0, total: 20) == rate(step: $0, total: 20) })
    }
  }

  @Test func fieldsWithADefaultMayBeLeftOut() throws {
    #expect(try Model(parsing: "encoder(width: 64)") == .encoder(width: 64))
    #expect(
      try Model(parsing: "resnet-20(initializer: lecun-normal)")
        == Model.resnet20.initialized(by: .lecunNormal))
    #expect(try Optimizer(parsing: "sgd(momentum: 0.9)") == .sgd(momentum: 0.9))
    #expect(try Optimizer(parsing: "adamw") == .adamW())
    #expect(try LearningRate(parsing: "0.0012") == .constant(0.0012))
    #expect(try LearningRate(parsing: "warm-up(steps: 5, then: 0.1)") == .constant(0.1).warmedUp(steps: 5))
  }

  @Test func errorsNameWhatIsMeant() {
    #expect(
      throws: NetworkError.unknownComponent(
        "adm", kind: "optimizer", nearest: "adam", known: ["sgd", "adam", "adamw"])
    ) { try Optimizer(parsing: "adm") }
    #expect(
      throws: NetworkError.unknownComponent(
        "glorot", kind: "initializer", nearest: nil, known: Initializer.all.map(\.name) + ["zeros", "ones"])
    ) { try Model(parsing: "mlp(initializer: glorot)") }
    #expect(
      throws: NetworkError.specification(
        .unknownField("width", of: "mlp", nearest: "widths", known: ["widths", "initializer"]))
    ) { try Model(parsing: "mlp(width: [3])") }
    #expect(
      throws: NetworkError.specification(
        .unknownField(
          "rate", of: "adam", nearest: nil, known: ["beta1", "beta2", "epsilon", "weight-decay"]))
    ) { try Optimizer(parsing: "adam(rate: 0.1)") }
    for text in [
      "cosine", "cosine(rate: -1)", "steps(rate: 0.1)", "steps(rate: 0.1, points: [a])", "0", "-0.1", "inf",
      "warm-up(steps: 5)", "warm-up(steps: 5, then: cosine)", "constant(rate: 0.1, rate2: 1)", "(", "",
    ] {
      #expect(throws: NetworkError.self, "\(text)") { try LearningRate(parsing: text) }
    }
    for text in [
      "conv(stages: [3])", "mlp(widths: 3)", "mlp(widths: [0.5])", "lenet-5(hidden: 3)", "resnet-21",
    ] {
      #expect(throws: NetworkError.self, "\(text)") { try Model(parsing: text) }
    }
    for text in ["sgd(momentum: 1)", "adam(beta1: -0.1)", "adam(epsilon: 0)", "sgd(nesterov: 1)"] {
      #expect(throws: NetworkError.self, "\(text)") { try Optimizer(parsing: text) }
    }
  }
}
