import CoppiceNetworks
import CoppiceTensors
import Testing

@Suite struct GradientProbeTests {
  /// A step of plain gradient descent goes against the gradient. (Batch normalisation takes other statistics while training.)
  @Test("is what gradient descent follows", arguments: Family.all.filter { $0.name != "resnet" })
  func agreesWithDescent(_ family: Family) throws {
    var family = family
    (family.isMasked, family.clipping) = (false, nil)
    let traced = try family.traced()
    let start = family.start(traced)
    let gradients = try GradientProbe.gradients(traced, start.parameters, start.buffers, batch: family.batch)
    {
      ReferenceNumbers.fill(0, family.interface, batch: family.batch, $0, $1)
    }
    #expect(gradients.names == traced.declarations.map(\.name))
    let trainer = try family.trainer(optimizer: .sgd())
    try trainer.fillBatch { ReferenceNumbers.fill(0, family.interface, batch: family.batch, $0, $1) }
    _ = trainer.run(learningRate: 0.5)
    for (name, after) in trainer.parameters {
      let (before, gradient) = (try #require(start.parameters[name]), try #require(gradients[name]))
      for (a, (b, g)) in zip(after.scalars, zip(before.scalars, gradient.scalars)) {
        #expect(abs((b - a) / 0.5 - g) < 2e-6, "\(name)")
      }
    }
  }

  @Test func leavesTheBuffersAlone() throws {
    let family = try #require(Family.all.first { $0.name == "resnet" })
    let traced = try family.traced()
    let start = family.start(traced)
    func gradients(_ buffers: ParameterSet) throws -> ParameterSet {
      try GradientProbe.gradients(traced, start.parameters, buffers, batch: family.batch) {
        ReferenceNumbers.fill(0, family.interface, batch: family.batch, $0, $1)
      }
    }
    let first = try gradients(start.buffers)
    #expect(first.hasSameBits(as: try gradients(start.buffers)))
    #expect(first != (try gradients(start.buffers.mapValues { Tensor(repeating: 2, $0.shape) })))
  }
}
