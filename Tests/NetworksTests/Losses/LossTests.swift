import CoppiceAutodiff
import CoppiceNetworks
import CoppiceTensors
import CoppiceTerms
import CoppiceTestSupport
import Testing

@Suite struct LossTests {
  /// A model whose logits are its inputs.
  private let mirror = Model("mirror", initializer: .zeros) { x, _, _ in x }

  private func logits() -> [Float] { ReferenceNumbers.numbers(5, 54, scale: 8) }

  private func labels() -> [Int32] {
    var labels = ReferenceNumbers.integers(6, 9, below: 6)
    (labels[2], labels[7]) = (-1, -1)
    return labels
  }

  @Test("label smoothing is PyTorch's", arguments: 0..<4) func labelSmoothing(index: Int) throws {
    let reference = try ReferenceLosses.shared.get().labelSmoothing[index]
    let loss = Loss.labelSmoothing(share: reference.share)
    let network = try Network(mirror, .images([6], classes: 6))
    let executor = Executor(Plan(try network.evaluationGraph(batch: 9, loss: loss)))
    executor.write("inputs", logits())
    executor.write("labels", integers: labels())
    executor.run()
    let rows = executor.output("loss").scalars
    for (found, wanted) in zip(rows, reference.rows) {
      #expect(abs(Double(found) - wanted) <= 2e-6 * max(1, wanted))
    }
    #expect(rows[2] == 0 && rows[7] == 0)
    var mean = ParameterSet()
    try Probe.run(
      network, loss: loss, ParameterSet(), ParameterSet(), batch: 9,
      trace: { trace in
        [("loss", trace.loss), ("gradient", trace.gradients(of: trace.loss, wrt: [trace.logits])[0])]
      },
      fill: { _, inputs, wanted in
        guard case .numbers(let buffer) = inputs else { return }
        _ = (buffer.update(fromContentsOf: logits()), wanted.update(fromContentsOf: labels()))
      }, each: { mean = $1 })
    #expect(abs(Double(try #require(mean["loss"]).scalars[0]) - reference.loss) < 2e-6 * reference.loss)
    for (found, wanted) in zip(try #require(mean["gradient"]).scalars, reference.gradient) {
      #expect(abs(Double(found) - wanted) <= 1e-6)
    }
  }

  @Test func withoutSmoothingItIsTheCrossEntropy() throws {
    let family = Family.all[0]
    let gradients = try [Loss.crossEntropy, .labelSmoothing(share: 0)].map { loss in
      let traced = try family.traced()
      let start = family.start(traced)
      return try Probe.gradients(traced, loss: loss, start.parameters, start.buffers, batch: family.batch) {
        ReferenceNumbers.fill(0, family.interface, batch: family.batch, $0, $1)
      }
    }
    for (name, gradient) in gradients[0] {
      for (a, b) in zip(gradient.scalars, try #require(gradients[1][name]).scalars) {
        #expect(abs(a - b) < 1e-6, "\(name)")
      }
    }
  }

  @Test("every loss reads back what it prints, trains, and is pinned", arguments: Loss.catalogue.all)
  func shipped(_ loss: Loss) throws {
    #expect(try Loss.catalogue.parse("\(loss)") == loss)
    let family = Family.all[0]
    let traced = try family.traced()
    let teacher = family.start(traced).parameters.mapValues { Tensor($0.shape, $0.scalars.map { -$0 }) }
    let trainer = try Trainer(
      traced, family.start(traced), masks: nil, optimizer: .sgd(), loss: loss,
      teacher: loss.needsTeacher ? (traced, teacher, traced.initialBuffers) : nil, batch: family.batch,
      seed: 1)
    let losses = try family.run(trainer, steps: 10)
    #expect(losses.allSatisfy { $0.isFinite } && losses[9] < losses[0])
    var digest = Digest()
    digest.add(trainer.parameters)
    let pinned = [
      "cross-entropy": "2206a9018a6907e5", "label-smoothing": "24946fa85d96bc5b",
      "distillation": "8607a1bcfa139baa", "feature-matching": "6d396ceafb8369e4",
    ]
    #expect(digest.text == pinned[loss.name], "\(loss): bits changed, raise the version: \(digest.text)")
    #expect(loss.specification.version == 1)
  }

  @Test func errorsSayWhatIsWrong() throws {
    #expect(throws: ComponentError.unknown("loss", "label-smooth", known: Loss.catalogue.names)) {
      try Loss.catalogue.parse("label-smooth")
    }
    let share = SpecificationError.wrongField(
      "share", of: "label-smoothing", found: "1.5", expected: "a number in 0…1, as 0.1")
    #expect(throws: ComponentError.specification(share)) {
      try Loss.catalogue.parse("label-smoothing(share: 1.5)")
    }
    let traced = try Family.all[0].traced()
    func message(_ loss: Loss, teacher: Network? = nil) -> String? {
      #expect(throws: TraceError.self) {
        _ = try traced.trainingGraph(batch: 2, optimizer: .sgd(), masked: [], loss: loss, teacher: teacher)
      }?.description
    }
    let guided = Loss("guided", needsTeacher: true) { logits, labels, _ in logits.softmaxCrossEntropy(labels)
    }
    #expect(message(guided) == "guided: needs a teacher, and there is none")
    #expect(
      message(guided, teacher: try Family.all[1].traced())
        == "guided: needs a teacher for images [1, 6, 6] of 5 classes, not for images [1, 16, 16] of 5 classes"
    )
    #expect(
      message(Loss("flat") { logits, _, _ in logits })
        == "flat: gives losses of shape [2, 5] for labels of shape [2]")
  }
}
