import CoppiceAutodiff
import CoppiceNetworks
import CoppiceTensors
import Testing

/// A student whose activations are drawn to those of a teacher.
@Suite struct FeatureMatchingTests {
  private let family = Family.all[0]

  private func trainer(
    _ loss: Loss, _ teacher: Network, masks: MaskSet? = nil, execution: SparseExecution = .automatic
  ) throws -> Trainer {
    let traced = try family.traced()
    return try Trainer(
      traced, family.start(traced), masks: masks, execution: execution, optimizer: .sgd(), loss: loss,
      teacher: (teacher, ReferenceNumbers.parameters(teacher), teacher.initialBuffers), batch: family.batch,
      seed: 1)
  }

  @Test("the first step is PyTorch's", arguments: [0, 1]) func firstStep(index: Int) throws {
    let reference = try ReferenceLosses.shared.get().matching[index]
    let teacher = try Network(.mlp(index == 0 ? [20, 12] : [16]), family.interface)
    let trainer = try trainer(.featureMatching(weight: reference.weight, layer: reference.layer), teacher)
    let (start, rate) = (trainer.parameters, 0.5)
    try trainer.fillBatch { ReferenceNumbers.fill(0, family.interface, batch: family.batch, $0, $1) }
    #expect(abs(Double(trainer.run(learningRate: rate)) - reference.loss) < 1e-5 * reference.loss)
    for (name, after) in trainer.parameters {
      let (before, wanted) = (try #require(start[name]), try #require(reference.gradients[name]))
      let scale = wanted.map(abs).max() ?? 0
      for (place, gradient) in wanted.enumerated() {
        let found = Double(before.scalars[place] - after.scalars[place]) / rate
        #expect(abs(found - gradient) < 1e-5 * max(scale, 0.1), "\(name)[\(place)]")
      }
    }
  }

  /// What a layer gives is asked of whole weights, whatever the execution.
  @Test func aPrunedStudentIsMaskedDense() throws {
    let traced = try family.traced()
    let runs = try [SparseExecution.never, .always].map { execution in
      let trainer = try trainer(
        .featureMatching(layer: "fc1"), traced, masks: ReferenceNumbers.masks(traced), execution: execution)
      return (try family.run(trainer, steps: 3), trainer.parameters)
    }
    #expect(runs[0].0 == runs[1].0 && runs[0].1.hasSameBits(as: runs[1].1))
  }

  /// Sequences have activations of every place, of one label or of one a place.
  @Test(arguments: [(4, "named"), (5, "named"), (3, "named"), (3, "last"), (4, "last"), (5, "last")])
  func everyFamilyHasActivations(place: Int, layer: String) throws {
    let family = Family.all[place]
    let traced = try family.traced()
    let known = traced.prunable.first { $0.contains("c_fc") || $0.contains("conv1") }
    let name = layer == "last" ? layer : try #require(known).replacing(".weight", with: "")
    let trainer = try Trainer(
      traced, family.start(traced), masks: nil, optimizer: .sgd(), loss: .featureMatching(layer: name),
      teacher: (traced, traced.initialParameters(seed: 3), traced.initialBuffers), batch: family.batch,
      seed: 1)
    let losses = try family.runOnOneBatch(trainer, steps: 10, rate: 0.01)
    #expect(losses.allSatisfy { $0.isFinite } && losses[9] < losses[0])
  }

  @Test func whatCannotBeComparedIsSaid() throws {
    func message(_ loss: Loss, _ widths: [Int]) -> String? {
      #expect(throws: TraceError.self) {
        _ = try trainer(loss, try Network(.mlp(widths), family.interface))
      }?.description
    }
    #expect(
      message(.featureMatching(layer: "fc9"), [20, 12])
        == "feature-matching: compares a layer that one of the networks does not have: name one that both have, or last"
    )
    #expect(
      message(.featureMatching(), [20])
        == "feature-matching: compares activations of one shape, and they are [8, 12] in the student and [8, 20] in the teacher: "
        + "name a layer that is as wide in both")
  }
}
