import CoppiceAutodiff
import CoppiceNetworks
import CoppiceTensors
import CoppiceTerms
import Testing

/// A gate on every prunable weight: the network reads weight · step(score), the score is trained straight through the step, and
/// each open gate costs `penalty`.
private struct Gated: NetworkRewrite {
  var penalty = 0.0
  var isFrozen = false

  var specification: Specification {
    Specification("gated", version: nil, [("penalty", .number(penalty)), ("frozen", .flag(isFrozen))])
  }

  static func score(_ weight: String) -> String { "\(weight).score" }

  func apply(to network: Network) throws -> Network {
    let weights = network.declarations.filter(\.isPrunable)
    let scores = weights.map {
      ParameterDeclaration(
        Self.score($0.name), $0.shape, .glorotNormal,
        training: LeafTraining(optimizer: .sgd(momentum: 0.9), rateFactor: 4))
    }
    let old = network.declarations.map { declaration in
      var declaration = declaration
      if isFrozen { declaration.isTrained = false }
      return declaration
    }
    let names = Set(weights.map(\.name))
    return try network.rewritten(by: self, declarations: old + scores) { graph, _ in
      try graph.rewritten { builder, leaf, type in
        guard case .parameter(let name) = leaf, names.contains(name) else { return nil }
        return builder.parameter(name, type.shape)
          * builder.parameter(Self.score(name), type.shape).throughStep
      } penalty: { builder in
        weights.map { builder.parameter(Self.score($0.name), $0.shape).throughStep.sum }
          .reduce(builder.constant(0), +).scaled(by: Float(penalty))
      }
    }
  }

  func masks(in parameters: ParameterSet) -> MaskSet? {
    MaskSet(
      parameters.compactMap { name, weight in
        parameters[Self.score(name)].map { score in
          (name, Mask(weight.shape, score.scalars.map { $0 > 0 ? 1 : 0 }))
        }
      })
  }
}

/// Every parameter trained in a way of its own.
private struct Retrained: NetworkRewrite {
  let training: LeafTraining
  let specification = Specification("retrained", version: nil)

  func apply(to network: Network) throws -> Network {
    let declarations = network.declarations.map { declaration in
      var declaration = declaration
      declaration.training = training
      return declaration
    }
    return try network.rewritten(by: self, declarations: declarations) { graph, _ in graph }
  }
}

@Suite struct NetworkRewriteTests {
  private let family = Family.all[0]

  private func trainer(
    _ network: Network, _ state: TrainingState? = nil, optimizer: Optimizer = .adam()
  ) throws -> Trainer {
    try Trainer(
      network, state ?? start(network), masks: nil, optimizer: optimizer, batch: family.batch, seed: 1)
  }

  private func start(_ network: Network) -> TrainingState {
    TrainingState(parameters: ReferenceNumbers.parameters(network), buffers: network.initialBuffers)
  }

  @Test func aRewriteAddsParameters() throws {
    let plain = try family.traced()
    let gated = try Gated(penalty: 0.01).apply(to: plain)
    let weights = ["fc1.weight", "fc2.weight", "fc3.weight"]
    #expect(gated.declarations.map(\.name) == plain.declarations.map(\.name) + weights.map(Gated.score))
    #expect(gated.prunable == weights && plain.origin != gated.origin)
    #expect(gated.origin.description.hasSuffix("rewrites: [gated(penalty: 0.01, frozen: false)])"))
    let drawn = gated.initialParameters(seed: 3)
    for (name, tensor) in plain.initialParameters(seed: 3) {
      #expect(try #require(drawn[name]).hasSameBits(as: tensor))
    }
    // What is read through a gate has no sparse form.
    #expect(SparseExecution.always.sparseNames(gated, gated.fullMasks) == [])
  }

  /// With z = step(s): ∂/∂w = g · z and ∂/∂s = g · w + penalty, where g is the gradient by the weight that is read, w · z.
  @Test func gatesAreTrainedStraightThrough() throws {
    let (plain, rewrite, rate) = (try family.traced(), Gated(penalty: 0.01), 0.125)
    let trainer = try trainer(try rewrite.apply(to: plain), optimizer: .sgd())
    let start = trainer.parameters
    let masks = try #require(rewrite.masks(in: start))
    let weights = ParameterSet(
      plain.declarations.compactMap { one in start[one.name].map { (one.name, $0) } })
    let gradients = try Probe.gradients(
      plain, weights, plain.initialBuffers, masks: masks, batch: family.batch
    ) { ReferenceNumbers.fill(0, family.interface, batch: family.batch, $0, $1) }
    let loss = try #require(try family.run(trainer, steps: 1, rate: rate).first)
    let unpenalized = try Trainer(
      plain, TrainingState(parameters: weights, buffers: plain.initialBuffers), masks: masks,
      execution: .never, optimizer: .sgd(), batch: family.batch, seed: 1)
    let expected = try #require(try family.run(unpenalized, steps: 1, rate: rate).first)
    #expect(abs(loss - expected - 0.01 * Float(masks.keptCount)) < 1e-4)
    let after = trainer.parameters
    for (name, mask) in masks {
      let (w, s) = (try #require(start[name]), try #require(start[Gated.score(name)]))
      let (v, t) = (try #require(after[name]), try #require(after[Gated.score(name)]))
      let g = try #require(gradients[name])
      for place in mask.bytes.indices {
        let step = Float(rate) * g.scalars[place]
        #expect(abs(v.scalars[place] - (w.scalars[place] - step * Float(mask.bytes[place]))) < 1e-5)
        let scoreStep = 4 * (step * w.scalars[place] + Float(rate) * 0.01)
        #expect(abs(t.scalars[place] - (s.scalars[place] - scoreStep)) < 1e-5)
      }
    }
  }

  @Test func masksAreWhatTheScoresSay() throws {
    let plain = try family.traced()
    let gated = try Gated(penalty: 0.02).apply(to: plain)
    let trainer = try trainer(gated)
    let before = try #require(gated.masks(in: trainer.parameters))
    try family.run(trainer, steps: 20)
    let (after, masks) = (trainer.parameters, try #require(gated.masks(in: trainer.parameters)))
    #expect(masks != before && masks.keptCount < before.keptCount && masks.keptCount > 0)
    #expect(plain.masks(in: after) == nil)
    #expect(
      trainer.state.moments.names
        == ["moment1", "moment2"].flatMap { kind in plain.declarations.map { "\(kind):\($0.name)" } }
        + masks.names.map { "velocity:\(Gated.score($0))" })
    // The gated network is the plain one under these masks.
    let scores = try [(gated, nil), (plain, masks)].map { network, masks in
      let evaluator = try Evaluator(network, batch: family.batch, masks: masks)
      evaluator.load(after, trainer.buffers)
      return try evaluator.evaluate(batches: 3) {
        ReferenceNumbers.fill($0, family.interface, batch: family.batch, $1, $2)
      }
    }
    #expect(scores[0] == scores[1])
  }

  @Test func aTrainingThatWasInterruptedGoesOn() throws {
    let gated = try Gated(penalty: 0.02).apply(to: try family.traced())
    let whole = try trainer(gated)
    try family.run(whole, steps: 9)
    let part = try trainer(gated)
    try family.run(part, steps: 4)
    let rest = try trainer(gated, part.state)
    try family.run(rest, steps: 5)
    #expect(rest.state.hasSameBits(as: whole.state))
  }

  @Test func whatIsNotTrainedKeepsItsBits() throws {
    let gated = try Gated(isFrozen: true).apply(to: try family.traced())
    let trainer = try trainer(gated)
    let before = trainer.parameters
    try family.run(trainer, steps: 5)
    for declaration in gated.declarations {
      let (old, new) = (
        try #require(before[declaration.name]), try #require(trainer.parameters[declaration.name])
      )
      #expect(old.hasSameBits(as: new) == !declaration.isTrained, "\(declaration.name)")
    }
    #expect(trainer.state.moments.names == gated.prunable.map { "velocity:\(Gated.score($0))" })
  }

  /// Corrections of two optimizers must not be mixed up.
  @Test(arguments: [Optimizer.adam(beta1: 0.5, beta2: 0.9), .sgd(momentum: 0.5), .adamW()])
  func anOptimizerOfItsOwnIsTheTrials(_ optimizer: Optimizer) throws {
    let plain = try family.traced()
    let own = try Retrained(training: LeafTraining(optimizer: optimizer, rateFactor: 2)).apply(to: plain)
    let (with, expected) = (try trainer(own, optimizer: .adam()), try trainer(plain, optimizer: optimizer))
    let (losses, wanted) = (
      try family.run(with, steps: 6, rate: 0.01), try family.run(expected, steps: 6, rate: 0.02)
    )
    #expect(losses == wanted && with.state.hasSameBits(as: expected.state))
  }

  @Test func errorsSayWhatIsWrong() throws {
    struct Broken: NetworkRewrite {
      let body: @Sendable (GraphBuilder, Graph.Leaf, ValueType) -> Value?
      var penalty: @Sendable (GraphBuilder) -> Value? = { _ in nil }
      let specification = Specification("broken", version: nil)
      func apply(to network: Network) throws -> Network {
        try network.rewritten(by: self) { graph, _ in
          try graph.rewritten(leaf: body, penalty: penalty)
        }
      }
    }
    func message(_ rewrite: Broken) throws -> String? {
      let plain = try family.traced()
      return #expect(throws: TraceError.self) { _ = try rewrite.apply(to: plain) }?.description
    }
    #expect(
      try message(
        Broken { builder, leaf, type in
          leaf.name == "fc1.bias" ? builder.parameter("fc1.offset", type.shape) : nil
        }) == "broken: reads fc1.offset, which it does not declare")
    #expect(
      try message(Broken(body: { _, _, _ in nil }, penalty: { $0.constant(1, [3]) }))
        == "broken: gives a penalty of shape [3] where a scalar is needed")
  }
}
