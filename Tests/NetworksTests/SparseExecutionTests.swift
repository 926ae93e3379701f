import CoppiceNetworks
import CoppiceTensors
import Testing

/// A network whose pruned weights run sparse is the same network.
@Suite(.serialized) struct SparseExecutionTests {
  /// The family with a third of its weights, run one way or the other.
  private func trainer(_ family: Family, _ execution: SparseExecution) throws -> Trainer {
    var family = family
    family.execution = execution
    return try family.trainer(masks: ReferenceNumbers.masks(try family.traced()))
  }

  @Test("the first loss has the bits of the masked-dense one, later ones agree", arguments: Family.all)
  func agreesWithMaskedDense(_ family: Family) throws {
    let (sparse, dense) = (try trainer(family, .always), try trainer(family, .never))
    let (losses, expected) = (try family.run(sparse, steps: 20), try family.run(dense, steps: 20))
    #expect(losses[0].bitPattern == expected[0].bitPattern)
    for (loss, wanted) in zip(losses, expected) { #expect(abs(loss - wanted) <= 2e-4 * max(1, wanted)) }
    for (name, weight) in sparse.parameters {
      let wanted = try #require(dense.parameters[name])
      let scale = wanted.scalars.map(abs).max() ?? 0
      for (a, b) in zip(weight.scalars, wanted.scalars) { #expect(abs(a - b) <= 2e-3 * max(scale, 0.01)) }
    }
  }

  @Test(
    "an evaluation gives equal scores in both forms where no convolution goes by Winograd",
    arguments: Family.all)
  func evaluations(_ family: Family) throws {
    let traced = try family.traced()
    let masks = ReferenceNumbers.masks(traced)
    for batch in [family.batch, 1] {
      let scores = try [SparseExecution.always, .never].map { execution in
        let evaluator = try Evaluator(traced, batch: batch, masks: masks, execution: execution, threads: 2)
        evaluator.load(masks.applied(to: ReferenceNumbers.parameters(traced)), traced.initialBuffers)
        return try evaluator.evaluate(batches: 3) { index, inputs, labels in
          ReferenceNumbers.fill(index, family.interface, batch: batch, inputs, labels)
        }
      }
      #expect(scores[0] == scores[1])
    }
  }

  /// From 16 channels on, dense 3 × 3 convolutions go by Winograd's transforms, sparse ones never: the losses agree to rounding.
  @Test func wideConvolutionsAgreeToRounding() throws {
    let interface = Interface.images([16, 8, 8], classes: 4)
    let traced = try Network(.conv([[16, 16]], hidden: [8]), interface)
    let masks = ReferenceNumbers.masks(traced)
    let scores = try [SparseExecution.always, .never].map { execution in
      let evaluator = try Evaluator(traced, batch: 6, masks: masks, execution: execution)
      evaluator.load(ReferenceNumbers.parameters(traced), traced.initialBuffers)
      return try evaluator.evaluate(batches: 2) { ReferenceNumbers.fill($0, interface, batch: 6, $1, $2) }
    }
    #expect(abs(scores[0].loss - scores[1].loss) < 1e-4 * scores[0].loss)
    #expect(scores[0].correct == scores[1].correct && scores[0].lossSum != scores[1].lossSum)
  }

  @Test func oneExampleAtATime() throws {
    let family = Family.all[0]
    let traced = try family.traced()
    let masks = ReferenceNumbers.masks(traced)
    let trainers = try [SparseExecution.always, .never].map {
      try Trainer(
        traced, family.start(traced), masks: masks, execution: $0, optimizer: .sgd(), batch: 1, seed: 1)
    }
    for trainer in trainers {
      try trainer.fillBatch { ReferenceNumbers.fill(0, family.interface, batch: 1, $0, $1) }
    }
    let losses = trainers.map { $0.run(learningRate: 0.1) }
    #expect(losses[0] == losses[1])
    // One example leaves nothing to sum: both forms give one and the same gradient.
    #expect(trainers[0].parameters == trainers[1].parameters)
  }

  @Test("a network trains on where layers have no survivors at all", arguments: Family.all)
  func collapsedLayers(_ family: Family) throws {
    let traced = try family.traced()
    let masks = MaskSet(
      traced.fullMasks.map { ($0, Mask($1.shape, [UInt8](repeating: 0, count: $1.count))) })
    var family = family
    family.clipping = 1
    let trainers = try [SparseExecution.always, .never].map { execution in
      family.execution = execution
      return try family.trainer(masks: masks, threads: 2)
    }
    let losses = try trainers.map { try family.run($0, steps: 3) }
    for (loss, wanted) in zip(losses[0], losses[1]) { #expect(abs(loss - wanted) <= 1e-5 * max(1, wanted)) }
    for (name, mask) in masks {
      #expect(trainers[0].parameters[name] == Tensor(repeating: 0, mask.shape), "\(name)")
    }
  }

  @Test func theTableGoesByDensityAndShape() {
    typealias Rule = SparseExecution
    #expect(Rule.isSparse(shape: [300, 784], survivors: 300 * 784 * 2 / 5))
    #expect(!Rule.isSparse(shape: [300, 784], survivors: 300 * 784 * 2 / 5 + 1))
    #expect(Rule.isSparse(shape: [64, 64, 3, 3], survivors: 64 * 64 * 9 / 4))
    #expect(!Rule.isSparse(shape: [64, 64, 3, 3], survivors: 64 * 64 * 9 / 4 + 1))
    #expect(!Rule.isSparse(shape: [64, 32, 1, 1], survivors: 1))
    #expect(!Rule.isSparse(shape: [10, 25], survivors: 1))
  }

  /// Where nothing but the time of inference is asked, convolutions run sparse at densities at which their training does not.
  @Test func timedInferenceHasATableOfItsOwn() throws {
    typealias Rule = SparseExecution
    let shapes: [Shape] = [[300, 784], [64, 64, 3, 3], [64, 32, 1, 1], [10, 25]]
    for (shape, density) in zip(shapes, [0.4, 0.35, 0, 0]) {
      let most = Int(density * Double(shape.count))
      #expect(most == 0 || Rule.isSparseInInference(shape: shape, survivors: most))
      #expect(!Rule.isSparseInInference(shape: shape, survivors: most + 1))
    }
    let network = try Network(.lenet5, .images([1, 28, 28], classes: 10))
    let masks = MaskSet(
      network.fullMasks.map { name, mask in
        (name, Mask(mask.shape, (0..<mask.count).map { $0 % 10 < 3 ? 1 : 0 }))
      })
    func names(isTimed: Bool) -> Set<String> {
      Rule.automatic.sparseNames(network, masks, isTimed: isTimed)
    }
    #expect(names(isTimed: true).subtracting(names(isTimed: false)) == ["conv1.weight", "conv2.weight"])
    let forms = [false, true].map { SparseForm(masks, .automatic, isTimed: $0) }
    #expect(forms[0].specification != forms[1].specification)
    // What is measured is the network all the same.
    let (weights, buffers) = (network.initialParameters(seed: 3), network.initialBuffers)
    let losses = try [false, true].map { isTimed in
      let evaluator = try Evaluator(network, batch: 5, masks: masks, isTimed: isTimed)
      evaluator.load(weights, buffers)
      return try evaluator.evaluate(batches: 1) { _, inputs, labels in
        ReferenceNumbers.fill(0, network.interface, batch: 5, inputs, labels)
      }.lossSum
    }
    #expect(abs(losses[0] - losses[1]) < 1e-4 * abs(losses[0]))
  }

  @Test func whichWeightsRunSparse() throws {
    let traced = try Network(.lenet300100, .images([1, 28, 28], classes: 10))
    func names(_ execution: SparseExecution, keeping every: Int) -> Set<String> {
      let masks = traced.fullMasks.map { name, mask in
        (name, Mask(mask.shape, (0..<mask.count).map { $0 % every == 0 ? 1 : 0 }))
      }
      return execution.sparseNames(traced, MaskSet(masks))
    }
    let all: Set = ["fc1.weight", "fc2.weight", "fc3.weight"]
    #expect(names(.automatic, keeping: 3) == all && names(.automatic, keeping: 2) == [])
    #expect(names(.always, keeping: 1) == all && names(.never, keeping: 9) == [])
    #expect(SparseExecution.automatic.sparseNames(traced, nil) == [])
  }
}
