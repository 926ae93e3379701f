import CoppiceNetworks
import CoppiceTerms
import CoppiceTestSupport
import Testing

/// Results of every shipped component, pinned. Where one of these fails on purpose, raise the version of that component
/// in the same commit: bits changed, and stored results of the old version must not be met again.
@Suite struct DigestTests {
  static let initializers = [
    "glorot-normal": "da6e107f9f395645",
    "glorot-uniform": "25ce128e2896321e",
    "kaiming-normal": "27901081f3df4faf",
    "kaiming-uniform": "b6517241b6dcb7f",
    "lecun-normal": "aea5472cfd56ac20",
    "ones": "e0a5dbdd5c654685",
    "truncated-normal": "a245fc2105cfe88b",
    "zeros": "1300e226ee5c1be5",
  ]
  static let learningRates = [
    "constant": "25fbd00ff1cf7075",
    "cosine": "e8fbcb6f9a93ae13",
    "steps": "916b671ea2baef45",
    "warm-up": "5b9ead7a2766c66c",
  ]
  static let optimizers = [
    "adam": "8022006fb14fb3b4",
    "adamw": "b20ea64c923ef9f0",
    "sgd": "12c0e72cbe032172",
  ]
  static let learnedMasks = [
    "bernoulli": "2edb1252694d7d55",
    "continuous-sparsification": "34afc7bdce72ed5a",
    "edge-popup": "de032d8155076f8",
    "hard-concrete": "2ba474b9b0b4ebdd",
    "movement": "36ea9e6d54cc2f4b",
    "none": "89f146b3229cbf70",
    "proximal": "4def784ee6fe86d5",
    "slimming": "922ec0c96449fa2a",
    "soft-movement": "5fb82f5eb9cfb410",
    "soft-threshold": "ca946718c4feca58",
  ]
  static let models = [
    "bert": "698117b7530fffaa",
    "causal-transformer": "8cebcdec7f53d4c1",
    "conv": "fe22f509f2037e05",
    "conv-2": "fe22f509f2037e05",
    "conv-4": "127f69253d106e0f",
    "conv-6": "598f20872520a7c1",
    "densenet": "a357e7c3bd5fafa9",
    "densenet-121": "8999f4e22be71925",
    "distilbert": "2b262cd9039d006b",
    "efficientnet-b0": "35bb8f733009da2b",
    "encoder": "fac818dcf8c423a8",
    "lenet": "f4f0982f96b28e6d",
    "lenet-300-100": "c2ddc5b8fc922567",
    "lenet-5": "f4f0982f96b28e6d",
    "mlp": "c2ddc5b8fc922567",
    "mobilenet-v2": "d68c769eb66549e8",
    "resnet": "33d8ca2b42a00d7a",
    "resnet-18": "fe6403491ac99955",
    "resnet-20": "33d8ca2b42a00d7a",
    "resnet-50": "468bb395e50f50fa",
    "resnet-56": "be68740fb002bc93",
    "vgg-16": "5eed33917aef9db8",
    "vgg-19": "1e70b490a1c25942",
    "vit": "e25f1157577a59cb",
  ]

  private func check(_ digest: Digest, _ pinned: [String: String], _ component: some Component) {
    #expect(digest.text == pinned[component.name], "\(component.name): bits changed, raise the version")
    #expect(component.specification.version == 1)
  }

  @Test(arguments: Initializer.all)
  func initializer(_ initializer: Initializer) {
    var digest = Digest()
    digest.add(initializer.tensor([6, 5, 3, 3], seed: 11, ordinal: 2))
    check(digest, Self.initializers, initializer)
  }

  @Test(arguments: [
    LearningRate.constant(0.1), .steps(0.1, at: [0.3, 0.7]), .cosine(0.1, floor: 0.01),
    .cosine(0.2).warmedUp(steps: 7),
  ])
  func learningRate(_ rate: LearningRate) {
    var digest = Digest()
    for step in 0..<40 { digest.add(rate(step: step, total: 40).bitPattern) }
    check(digest, Self.learningRates, rate)
  }

  @Test(arguments: [Optimizer.sgd(momentum: 0.9, weightDecay: 0.01), .adam(weightDecay: 0.01), .adamW()])
  func optimizer(_ optimizer: Optimizer) throws {
    var family = Family.all[0]
    family.execution = .never
    let trainer = try family.trainer(optimizer: optimizer)
    try family.run(trainer, steps: 5)
    var digest = Digest()
    digest.add(trainer.state.parameters)
    for (_, moment) in trainer.state.moments { digest.add(moment) }
    check(digest, Self.optimizers, optimizer)
  }

  @Test(arguments: LearnedMask.all)
  func learnedMask(_ mask: LearnedMask) throws {
    let family = Family.all[3]
    let plain = try family.traced()
    func inputs(_ step: Int) throws -> MaskInputs {
      try MaskInputs(mask, at: MaskMoment(step: step, total: 5, perEpoch: 2), survivors: [500 - 50 * step])
    }
    let rewrite = LearnedMaskRewrite(
      mask, of: plain.prunable, pools: [Array(plain.prunable.indices)], optimizer: family.optimizer,
      end: try inputs(5))
    let network = try rewrite.apply(to: plain)
    let trainer = try Trainer(
      network,
      TrainingState(parameters: network.initialParameters(seed: 4), buffers: network.initialBuffers),
      masks: nil, optimizer: family.optimizer, batch: family.batch, seed: 1)
    var digest = Digest()
    for step in 0..<5 {
      trainer.write(try inputs(step))
      try family.run(trainer, steps: 1)
    }
    digest.add(trainer.parameters)
    if mask.makesMasks {
      let left = try rewrite.hardened(trainer.parameters, try inputs(5))
      digest.add(left.parameters(of: plain, among: trainer.parameters, under: left.masks))
    }
    check(digest, Self.learnedMasks, mask)
  }

  /// Where this fails on purpose, raise the version of the numerics contract: bits of sparse training changed.
  @Test(arguments: Family.all.filter(\.isMasked)) func sparseTraining(_ family: Family) throws {
    var family = family
    family.execution = .always
    let trainer = try family.trainer()
    try family.run(trainer, steps: 5)
    var digest = Digest()
    digest.add(trainer.state.parameters)
    #expect(digest.text == ["mlp": "db87fe125bec324e", "conv": "9ce5f73093805498"][family.name])
  }

  /// The initial parameters and one step at a small size of the task.
  @Test(arguments: Model.runnable)
  func model(_ model: Model) throws {
    let interface: Interface =
      switch model.name {
      case "lenet-300-100", "mlp": .images([1, 4, 4], classes: 10)
      case "lenet-5", "lenet": .images([1, 16, 16], classes: 10)
      case "encoder": .sequences(length: 6, vocabulary: 9, classes: 3)
      case "causal-transformer": .language(length: 6, vocabulary: 9)
      default: PublishedModel.named(model.name)?.smallTask ?? .images([3, 8, 8], classes: 10)
      }
    let traced = try Network(model, interface)
    let start = TrainingState(parameters: traced.initialParameters(seed: 4), buffers: traced.initialBuffers)
    let trainer = try Trainer(traced, start, masks: nil, optimizer: .sgd(), batch: 2, seed: 1)
    try trainer.fillBatch { ReferenceNumbers.fill(0, interface, batch: 2, $0, $1) }
    var digest = Digest()
    digest.add(start.parameters)
    digest.add(UInt64(trainer.run(learningRate: 0.1).bitPattern))
    digest.add(trainer.parameters)
    digest.add(trainer.buffers)
    check(digest, Self.models, model)
  }
}
