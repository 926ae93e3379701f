import CoppiceAutodiff
import CoppiceNetworks
import CoppiceTensors
import Testing

/// A student trained against a teacher that stands in the same graph.
@Suite struct DistillationTests {
  /// Soft targets at a temperature, and the cross-entropy with the labels (Hinton et al. 2015).
  private static func soft(temperature: Double, share: Double) -> Loss {
    Loss(
      "soft", [("temperature", .number(temperature)), ("share", .number(share))], needsTeacher: true
    ) { logits, labels, teacher in
      let cold = Float(1 / temperature)
      let student = logits.scaled(by: cold).logSoftmax
      guard let guide = teacher?.scaled(by: cold).logSoftmax else { return student.summed(over: 1) }
      let divergence = (guide.exponential * (guide - student)).summed(over: 1)
      return divergence.scaled(by: Float(share * temperature * temperature))
        + logits.softmaxCrossEntropy(labels).scaled(by: Float(1 - share))
    }
  }

  private let family = Family.all[0]
  private let reference: ReferenceLosses.Distillation
  private let loss: Loss
  private let teacher: Network

  init() throws {
    reference = try ReferenceLosses.shared.get().distillation
    loss = Self.soft(temperature: reference.temperature, share: reference.soft)
    teacher = try Network(.mlp([20]), family.interface)
  }

  private func trainer(_ optimizer: Optimizer, threads: Int = 1) throws -> Trainer {
    let traced = try family.traced()
    return try Trainer(
      traced, family.start(traced), masks: nil, optimizer: optimizer, loss: loss,
      teacher: (teacher, ReferenceNumbers.parameters(teacher), teacher.initialBuffers), batch: family.batch,
      seed: 1, threads: threads)
  }

  @Test func theFirstStepIsPyTorchs() throws {
    let trainer = try trainer(.sgd())
    let start = trainer.parameters
    let rate = 0.5
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

  @Test func theStudentLearns() throws {
    let trainer = try trainer(.adam())
    let losses = try (0..<60).map { _ in
      try trainer.fillBatch { ReferenceNumbers.fill(0, family.interface, batch: family.batch, $0, $1) }
      return trainer.run(learningRate: 0.01)
    }
    #expect(losses[59] < losses[0] / 2)
    #expect(trainer.parameters.names == (try family.traced()).declarations.map(\.name))
  }

  @Test func threadsChangeNoBit() throws {
    let trainers = try [trainer(.adam()), trainer(.adam(), threads: 2)]
    #expect(try family.run(trainers[0], steps: 4) == family.run(trainers[1], steps: 4))
    #expect(trainers[0].state.hasSameBits(as: trainers[1].state))
  }

  @Test func theTeacherKeepsItsBits() throws {
    let graph = try family.traced().trainingGraph(
      batch: family.batch, optimizer: .sgd(), masked: [], loss: loss, teacher: teacher)
    #expect(graph.parameters.map(\.name) == (try family.traced()).declarations.map(\.name))
    let executor = Executor(Plan(graph))
    let weights = ReferenceNumbers.parameters(teacher)
    for (name, tensor) in weights { executor.write("teacher/\(name)", tensor.scalars) }
    for (name, tensor) in family.start(try family.traced()).parameters {
      executor.write(name, tensor.scalars)
    }
    executor.write("learning_rate", [0.1])
    executor.withFloats("inputs") { $0.update(repeating: 0.5) }
    for _ in 0..<5 { executor.run() }
    for (name, tensor) in weights {
      #expect(executor.leafTensor("teacher/\(name)").hasSameBits(as: tensor), "\(name)")
    }
  }

  @Test func anEvaluationReportsTheCrossEntropy() throws {
    let graphs = try [loss, .crossEntropy].map { try family.traced().evaluationGraph(batch: 3, loss: $0) }
    #expect("\(graphs[0])" == "\(graphs[1])")
  }
}
