import CoppiceAutodiff
import CoppiceNetworks
import CoppiceTensors
import Testing

/// A student trained against a teacher that stands in the same graph.
@Suite struct DistillationTests {
  private let family = Family.all[0]
  private let reference: ReferenceLosses.Distillation
  private let loss: Loss
  private let teacher: Network

  init() throws {
    reference = try ReferenceLosses.shared.get().distillation
    loss = .distillation(temperature: reference.temperature, weight: reference.soft)
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

  /// Without soft targets it is the cross-entropy, and with them alone a student that is its teacher has nothing to learn.
  @Test func theWeightIsTheShareOfTheSoftTargets() throws {
    let traced = try family.traced()
    let start = family.start(traced)
    func first(_ loss: Loss, _ teacher: ParameterSet) throws -> (loss: Float, after: ParameterSet) {
      let trainer = try Trainer(
        traced, start, masks: nil, optimizer: .sgd(), loss: loss,
        teacher: loss.needsTeacher ? (traced, teacher, traced.initialBuffers) : nil, batch: family.batch,
        seed: 1)
      try trainer.fillBatch { ReferenceNumbers.fill(0, family.interface, batch: family.batch, $0, $1) }
      return (trainer.run(learningRate: 0.5), trainer.parameters)
    }
    let other = start.parameters.mapValues { Tensor($0.shape, $0.scalars.map { -$0 }) }
    let (plain, hard) = (
      try first(.crossEntropy, other), try first(.distillation(temperature: 2, weight: 0), other)
    )
    #expect(abs(plain.loss - hard.loss) < 1e-6)
    for (name, tensor) in plain.after {
      for (a, b) in zip(tensor.scalars, try #require(hard.after[name]).scalars) { #expect(abs(a - b) < 1e-6) }
    }
    let own = try first(.distillation(temperature: 2, weight: 1), start.parameters)
    #expect(abs(own.loss) < 1e-6)
    for (name, tensor) in own.after {
      for (a, b) in zip(tensor.scalars, try #require(start.parameters[name]).scalars) {
        #expect(abs(a - b) < 1e-6)
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
