import CoppiceNetworks
import CoppiceTensors
import CoppiceTerms
import CoppiceTestSupport
import Testing

@Suite struct ParsingTests {
  @Test func everyComponentReadsBackWhatItPrints() throws {
    #expect(
      faults(
        of: Model.catalogue,
        and: [
          .mlp([]), .mlp([7, 8], initializer: .kaimingNormal), .lenet([3], hidden: 4),
          .conv([[3, 4], [5]], hidden: []), .resnet([4], blocks: 1),
          .encoder(width: 8, heads: 2, layers: 1, feedForward: 2, dropout: 0.25),
          .causalTransformer(width: 8, heads: 1, layers: 1, feedForward: 3, dropout: 0.1),
          .encoder(initializer: .truncatedNormal(deviation: 0.05)), .resnet18(width: 8, blocks: [1, 2]),
          .resnet50(width: 8, blocks: [1], initializer: .zeros), .vgg16(width: 3, blocks: [1, 1]),
          .vgg19(width: 5, blocks: [2]), .mobileNetV2(width: 0.35, depth: 1.5, dropout: 0),
          .efficientNetB0(width: 1.1, depth: 1.2, dropout: 0.3), .denseNet(growth: 4, blocks: [2, 3]),
          .denseNet121(growth: 48, blocks: [6]),
          .vit(width: 8, heads: 2, layers: 1, feedForward: 3, patch: 8, dropout: 0.1),
          .bert(width: 8, heads: 2, layers: 1, feedForward: 3, positions: 9, dropout: 0),
          .distilBERT(width: 8, heads: 2, layers: 1, feedForward: 3, positions: 9, dropout: 0),
        ]) == [])
    #expect(faults(of: Initializer.catalogue, and: [.truncatedNormal(deviation: 0.5)]) == [])
    #expect(
      faults(
        of: Optimizer.catalogue,
        and: [
          .sgd(momentum: 0.9, isNesterov: true, weightDecay: 1e-4),
          .adam(beta1: 0.5, beta2: 0.9, epsilon: 1e-6, weightDecay: 1),
          .adamW(beta1: 0.5, beta2: 0.9, epsilon: 1e-6, weightDecay: 1),
        ]) == [])
    let rates: [LearningRate] = [
      .steps(0.1, at: [0.25], factor: 0.5), .cosine(1, floor: 0.5).warmedUp(steps: 3),
      .steps(1, at: [], factor: 0.5).warmedUp(steps: 1).warmedUp(steps: 2),
    ]
    #expect(faults(of: LearningRate.catalogue, and: rates) == [])
    for rate in LearningRate.all + rates {
      let read = try LearningRate(parsing: "\(rate)")
      #expect((0..<20).allSatisfy { read(step: $0, total: 20) == rate(step: $0, total: 20) })
    }
  }

  /// What the text says reaches the component, and not its specification alone.
  @Test func whatIsReadIsWhatRuns() throws {
    let widths = try Network(Model(parsing: "mlp(widths: [5])"), .images([1, 2, 2], classes: 3))
    #expect(widths.declarations.map(\.shape) == [[5, 4], [5], [3, 5], [3]])
    let drawn = try Initializer(parsing: "truncated-normal(deviation: 0.5)")
    #expect(
      drawn.tensor([40], seed: 1, ordinal: 0)
        == Initializer.truncatedNormal(deviation: 0.5).tensor([40], seed: 1, ordinal: 0))
    let ones = try Network(
      Model(parsing: "mlp(widths: [], initializer: ones)"), .images([1, 1, 2], classes: 2))
    #expect(ones.initialParameters(seed: 3)["fc1.weight"]?.scalars == [1, 1, 1, 1])
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
    #expect(throws: ComponentError.unknown("optimizer", "adm", known: ["sgd", "adam", "adamw"])) {
      try Optimizer(parsing: "adm")
    }
    #expect(
      message { _ = try Model(parsing: "mlp(initializer: zeroes)") }
        == "there is no initializer named \"zeroes\"; did you mean \"zeros\"? There are: glorot-normal, glorot-uniform, "
        + "kaiming-normal, kaiming-uniform, lecun-normal, truncated-normal, zeros, ones")
    #expect(
      message { _ = try Model(parsing: "mlp(width: [3])") }
        == "mlp has no field named \"width\"; did you mean \"widths\"? There are: widths, initializer")
    #expect(
      message { _ = try Optimizer(parsing: "adam(rate: 0.1)") }
        == "adam has no field named \"rate\". There are: beta1, beta2, epsilon, weight-decay")
    #expect(
      message { _ = try LearningRate(parsing: "-0.1") }
        == "rate of constant is -0.1, but must be a number above 0")
    #expect(
      message { _ = try LearningRate(parsing: "warm-up(steps: 5)") }
        == "warm-up needs then: write warm-up(then: …) with a learning rate")
    #expect(
      message { _ = try Model(parsing: "encoder(heads: 0)") }
        == "heads of encoder is 0, but must be a whole number in 1…65536, as 4")
  }

  @Test(arguments: [
    "cosine", "cosine(rate: -1)", "steps(rate: 0.1)", "steps(rate: 0.1, points: [a])",
    "steps(rate: 0.1, points: [1.5])", "0", "-0.1", "inf", "nan", "warm-up(steps: 5)",
    "warm-up(steps: 5, then: cosine)", "warm-up(steps: -1, then: 0.1)", "constant(rate: 0.1, rate2: 1)", "(",
    "",
  ])
  func noLearningRate(text: String) {
    #expect(throws: ComponentError.self) { try LearningRate(parsing: text) }
  }

  @Test(arguments: [
    "conv(stages: [3])", "mlp(widths: 3)", "mlp(widths: [0.5])", "mlp(widths: [65537])", "lenet-5(hidden: 3)",
    "resnet-21", "resnet(blocks: 0)", "mlp(initializer: [ones])",
  ])
  func noModel(text: String) { #expect(throws: ComponentError.self) { try Model(parsing: text) } }

  @Test(arguments: ["sgd(momentum: 1)", "adam(beta1: -0.1)", "adam(epsilon: 0)", "sgd(nesterov: 1)"])
  func noOptimizer(text: String) { #expect(throws: ComponentError.self) { try Optimizer(parsing: text) } }
}
