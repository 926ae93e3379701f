import CoppiceAutodiff
import CoppiceNetworks
import CoppiceTensors
import CoppiceTestSupport
import Testing

/// A training in which the active weights are not the trained ones.
@Suite struct TrainingMasksTests {
  static let optimizers = [Optimizer.sgd()] + TrainerTests.optimizers

  private func trainer(
    _ family: Family, active: MaskSet?, trained: MaskSet?, optimizer: Optimizer? = nil,
    _ state: TrainingState? = nil
  ) throws -> Trainer {
    let traced = try family.traced()
    return try Trainer(
      traced, state ?? family.start(traced), masks: active, trained: trained, execution: family.execution,
      optimizer: optimizer ?? family.optimizer, batch: family.batch, clipping: family.clipping, seed: 1)
  }

  /// The mean loss's gradient by what the forward pass reads.
  private func gradients(_ family: Family, masks: MaskSet?) throws -> ParameterSet {
    let traced = try family.traced()
    let start = family.start(traced)
    return try Probe.gradients(traced, start.parameters, start.buffers, masks: masks, batch: family.batch) {
      ReferenceNumbers.fill(0, family.interface, batch: family.batch, $0, $1)
    }
  }

  /// What is kept by both or by one of two sets of masks.
  private func united(_ a: MaskSet, _ b: MaskSet) -> MaskSet {
    MaskSet(
      a.map { name, mask in (name, Mask(mask.shape, zip(mask.bytes, b[name]?.bytes ?? []).map { $0 | $1 })) })
  }

  /// Another half of the weights.
  private func others(_ traced: Network) -> MaskSet {
    MaskSet(
      traced.fullMasks.map { name, mask in
        (
          name,
          Mask(
            mask.shape,
            ReferenceNumbers.words(Digest.seed(name) ^ 2, mask.count).map { UInt8($0 % 2) })
        )
      })
  }

  @Test(
    "frozen weights keep their bits, and the others take the dense step", arguments: Family.all, optimizers)
  func frozen(_ family: Family, _ optimizer: Optimizer) throws {
    var family = family
    family.clipping = nil
    let traced = try family.traced()
    let masks = ReferenceNumbers.masks(traced)
    var start = family.start(traced)
    start.moments = try trainer(family, active: nil, trained: nil, optimizer: optimizer).state.moments
    for (name, mask) in masks {
      // What an optimizer would flush or turn, had it a say.
      for (place, bit) in mask.bytes.enumerated() where bit == 0 {
        start.parameters[name]?.scalars[place] = place % 2 == 0 ? -0.0 : 1e-38
        for kind in ["velocity", "moment1", "moment2"] {
          start.moments["\(kind):\(name)"]?.scalars[place] = place % 2 == 0 ? -0.0 : 1e-38
        }
      }
    }
    let dense = try trainer(family, active: nil, trained: nil, optimizer: optimizer, start)
    let frozen = try trainer(family, active: nil, trained: masks, optimizer: optimizer, start)
    #expect(try family.run(frozen, steps: 1) == family.run(dense, steps: 1))
    let (first, whole) = (frozen.state, dense.state)
    try family.run(frozen, steps: 6)
    let last = frozen.state
    for (name, mask) in masks {
      let moments = ["velocity", "moment1", "moment2"].map { "\($0):\(name)" }
      for leaf in [name] + moments.filter({ start.moments[$0] != nil }) {
        func array(_ state: TrainingState) throws -> [UInt32] {
          try #require(state.parameters[leaf] ?? state.moments[leaf]).scalars.map(\.bitPattern)
        }
        let (before, one, dense, after) = try (array(start), array(first), array(whole), array(last))
        for (place, bit) in mask.bytes.enumerated() {
          try #require(
            bit == 1 ? one[place] == dense[place] : after[place] == before[place], "\(leaf)[\(place)]")
        }
        #expect(after != before)
      }
    }
  }

  @Test("inactive weights are trained straight through", arguments: Family.all.filter { $0.name != "resnet" })
  func inactiveWeightsAreTrained(_ family: Family) throws {
    var family = family
    family.clipping = nil
    let (traced, rate) = (try family.traced(), 0.5)
    let active = ReferenceNumbers.masks(traced)
    let trained = united(active, others(traced))
    let trainer = try trainer(family, active: active, trained: trained, optimizer: .sgd())
    let start = family.start(traced).parameters
    #expect(trainer.parameters.hasSameBits(as: start))
    let loss = try family.run(trainer, steps: 1, rate: rate)
    let masked = try self.trainer(family, active: active, trained: nil, optimizer: .sgd())
    #expect(try family.run(masked, steps: 1, rate: rate) == loss)
    let gradients = try gradients(family, masks: active)
    var movedInactive = 0
    for (name, after) in trainer.parameters {
      let (before, gradient) = (try #require(start[name]), try #require(gradients[name]))
      for place in after.scalars.indices {
        let isTrained = trained[name].map { $0.bytes[place] == 1 } ?? true
        let step = (before.scalars[place] - after.scalars[place]) / Float(rate)
        #expect(abs(step - (isTrained ? gradient.scalars[place] : 0)) < 2e-6, "\(name)[\(place)]")
        if isTrained, active[name]?.bytes[place] == 0, step != 0 { movedInactive += 1 }
      }
    }
    #expect(movedInactive > 0)
  }

  @Test func theNormOfClippingIsThatOfTheTrained() throws {
    var family = Family.all[0]
    family.clipping = 0.05
    let (traced, rate) = (try family.traced(), 0.5)
    let trained = ReferenceNumbers.masks(traced)
    let trainer = try trainer(family, active: nil, trained: trained, optimizer: .sgd())
    try family.run(trainer, steps: 1, rate: rate)
    let gradients = trained.applied(to: try gradients(family, masks: nil))
    let norm = gradients.reduce(0) { $1.tensor.scalars.reduce($0) { $0 + Double($1) * Double($1) } }
      .squareRoot()
    try #require(norm > 0.05)
    for (name, after) in trainer.parameters {
      let before = try #require(family.start(traced).parameters[name])
      for (place, gradient) in try #require(gradients[name]).scalars.enumerated() {
        let found = Double(before.scalars[place] - after.scalars[place]) / rate
        #expect(abs(found - Double(gradient) * 0.05 / (norm + 1e-6)) < 1e-6)
      }
    }
  }

  /// An optimizer of one's own is made of several operations, which need room between them.
  @Test("weights and moments are updated in place", arguments: optimizers.filter { $0.name != "forgetful" })
  func inPlace(_ optimizer: Optimizer) throws {
    let traced = try Family.all[0].traced()
    let graph = try traced.trainingGraph(
      batch: 4, optimizer: optimizer, masked: [], apart: ["fc1.weight", "fc2.bias"])
    #expect(graph.nodes.contains { $0.primitive is Select } && Plan(graph).copies.isEmpty)
  }

  @Test("masks that are equal are one", arguments: Family.bothForms)
  func equalMasks(_ family: Family) throws {
    let masks = ReferenceNumbers.masks(try family.traced())
    let (one, two) = (
      try trainer(family, active: masks, trained: nil), try trainer(family, active: masks, trained: masks)
    )
    #expect(try family.run(one, steps: 3) == family.run(two, steps: 3))
    #expect(one.state.hasSameBits(as: two.state))
  }

  @Test("a parameter with two masks is never sparse, others are", arguments: Family.all.filter(\.isMasked))
  func sparse(_ family: Family) throws {
    let traced = try family.traced()
    let active = ReferenceNumbers.masks(traced)
    let apart = try #require(active.names.first)
    let trained = MaskSet([(apart, try #require(traced.fullMasks[apart]))])
    let states = try [SparseExecution.always, .never].map { execution in
      var family = family
      family.execution = execution
      let trainer = try trainer(family, active: active, trained: trained)
      try family.run(trainer, steps: 3)
      let state = trainer.state
      let names = trainer.profile().plan.graph.parameters.filter { $0.shape.rank == 1 }.map(\.name)
      #expect(!names.contains(apart))
      #expect(names.contains(try #require(active.names.last)) == (execution == .always))
      return state
    }
    for (name, weight) in states[0].parameters {
      for (a, b) in zip(weight.scalars, try #require(states[1].parameters[name]).scalars) {
        #expect(abs(a - b) < 1e-4)
      }
    }
  }

  @Test("biases have masks too", arguments: [SparseExecution.always, .never])
  func vectors(_ execution: SparseExecution) throws {
    var family = Family.all[3]
    family.execution = execution
    let traced = try family.traced()
    var masks = ReferenceNumbers.masks(traced)
    for declaration in traced.declarations where declaration.shape.rank == 1 {
      masks[declaration.name] = Mask(declaration.shape, (0..<declaration.shape.count).map { UInt8($0 % 2) })
    }
    let trainer = try trainer(family, active: masks, trained: nil)
    try family.run(trainer, steps: 4)
    for (name, mask) in masks {
      let weight = try #require(trainer.parameters[name])
      for (place, bit) in mask.bytes.enumerated() {
        #expect(bit == 0 ? weight.scalars[place].bitPattern == 0 : weight.scalars[place] != 0, "\(name)")
      }
    }
  }

  /// The weights outside count as 0 in an evaluation, although they are not.
  @Test(arguments: Family.all) func anEvaluationReadsTheActiveWeights(_ family: Family) throws {
    let traced = try family.traced()
    let masks = ReferenceNumbers.masks(traced)
    let parameters = ReferenceNumbers.parameters(traced)
    let scores = try [parameters, masks.applied(to: parameters)].map { parameters in
      let evaluator = try Evaluator(traced, batch: family.batch, masks: masks, execution: .never)
      evaluator.load(parameters, traced.initialBuffers)
      return try evaluator.evaluate(batches: 1) {
        ReferenceNumbers.fill($0, family.interface, batch: family.batch, $1, $2)
      }
    }
    #expect(scores[0] == scores[1])
  }

  /// What the forward pass of a step reads, with one mask a parameter and with two, sparse and dense.
  @Test("the forward pass reads the active weights", arguments: Family.all, [true, false])
  func forward(_ family: Family, hasTwo: Bool) throws {
    let traced = try family.traced()
    let active = ReferenceNumbers.masks(traced)
    let trainer = try trainer(family, active: active, trained: hasTwo ? others(traced) : nil)
    try family.run(trainer, steps: 3)
    let (forward, parameters) = (trainer.forwardParameters(of: active.names), trainer.parameters)
    #expect(forward.names == active.names)
    var waiting = 0
    for (name, mask) in active {
      let (read, kept) = (try #require(forward[name]), try #require(parameters[name]))
      #expect(read.scalars == mask.applied(to: kept).scalars, "\(name)")
      waiting += zip(mask.bytes, kept.scalars).count { $0 == 0 && $1 != 0 }
    }
    // What waits outside is there, and is not read.
    #expect((waiting > 0) == hasTwo)
  }
}
