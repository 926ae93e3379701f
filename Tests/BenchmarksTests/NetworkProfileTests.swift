import CoppiceAutodiff
import CoppiceBenchmarks
import CoppiceLaboratory
import CoppiceNetworks
import CoppiceTensors
import Testing

extension Running {
  @Suite struct NetworkProfileTests {
    private static let subject = BenchmarkModel(
      model: .mlp([40, 30]), interface: .images([1, 10, 10], classes: 4), batch: 3, optimizer: .sgd())

    /// The network without three quarters of the first layer's units: neither is their sum made, nor is it read.
    private func forms() throws -> MeasuredForms {
      let network = try Network(Self.subject.model, Self.subject.interface)
      let masks = MaskSet(
        network.fullMasks.map { name, mask in
          let isKept: (Int) -> Bool =
            switch name {
            case "fc1.weight": { $0 < 10 * 100 }
            case "fc2.weight": { $0 % 40 < 10 }
            default: { _ in true }
            }
          return (name, Mask(mask.shape, (0..<mask.count).map { isKept($0) ? 1 : 0 }))
        })
      let parameters = network.initialParameters(seed: 0)
      return try MeasuredForms(
        network, masks.applied(to: parameters), network.initialBuffers, masks: masks, execution: .automatic
      ) { _ in { Self.subject.fill($0, $1) } }
    }

    @Test func inferenceIsProfiledInEveryForm() throws {
      let profile = try NetworkProfile(inferenceOf: try forms(), batch: 3, seconds: 1e-4)
      try #require(profile.forms.map(\.name) == ["dense", "sparse", "compacted"])
      func line(_ place: Int, _ scope: String) throws -> NetworkProfile.Line {
        try #require(profile.lines(profile.forms[place]).first { $0.scope == scope && $0.flops > 0 })
      }
      // 3 examples of 100 features to 40, and to the 10 that are left; two operations a weight.
      let (dense, compacted) = (try line(0, "fc1"), try line(2, "fc1"))
      #expect(dense.primitive == "affine" && compacted.primitive == "affine")
      #expect(dense.flops == 2 * 3 * 100 * 40 && compacted.flops == 2 * 3 * 100 * 10)
      #expect(dense.bytes == 4 * (3 * 100 + 100 * 40 + 40 + 3 * 40))
      #expect(compacted.bytes == 4 * (3 * 100 + 100 * 10 + 10 + 3 * 10))
      // The survivors of a sparse weight have places of four bytes each.
      let sparse = try #require(profile.lines(profile.forms[1]).first { $0.primitive.hasPrefix("sparse") })
      #expect(sparse.scope == "fc1" && sparse.bytes > 2 * 4 * 1_000)
      for form in profile.forms {
        #expect(form.profile.runs >= 5 && form.profile.whole > 0 && form.profile.seconds > 0)
        #expect(form.profile.calls.allSatisfy { $0.seconds >= 0 })
      }
      let memory = profile.forms.map(\.profile.memory)
      #expect(memory[2].leaves < memory[1].leaves && memory[1].leaves < memory[0].leaves)
      #expect(memory[2].arena <= memory[0].arena)
    }

    @Test func aTrainingStepIsProfiledInEveryForm() throws {
      let profile = try NetworkProfile(
        trainingOf: try forms(), batch: 3, optimizer: .sgd(), loss: .crossEntropy, seconds: 1e-4)
      try #require(profile.isTraining && profile.forms.map(\.name) == ["dense", "sparse", "compacted"])
      let updates = profile.forms[0].profile.calls.filter { $0.primitive.hasSuffix("update") }
      #expect(updates.count == 6)
      #expect(profile.forms[2].profile.flops < profile.forms[0].profile.flops)
    }

    /// What is not pruned has one form.
    @Test func aWholeNetworkIsDenseAlone() throws {
      let network = try Network(Self.subject.model, Self.subject.interface)
      let forms = try MeasuredForms(
        network, network.initialParameters(seed: 0), network.initialBuffers, masks: nil,
        execution: .automatic
      ) { _ in { Self.subject.fill($0, $1) } }
      #expect(
        try NetworkProfile(inferenceOf: forms, batch: 1, seconds: 1e-4).forms.map(\.name) == ["dense"])
    }

    /// Operations that are done on a few examples at a time say what they are, and where.
    @Test func microBatchesNameTheirOperations() throws {
      let network = try Network(.lenet5, .images([1, 28, 28], classes: 10))
      let subject = BenchmarkModel(
        model: .lenet5, interface: network.interface, batch: 512, optimizer: .sgd())
      let forms = try MeasuredForms(
        network, network.initialParameters(seed: 0), network.initialBuffers, masks: nil,
        execution: .automatic
      ) { _ in { subject.fill($0, $1) } }
      let profile = try NetworkProfile(inferenceOf: forms, batch: 512, seconds: 1e-6)
      let together = try #require(
        profile.forms[0].profile.calls.first { $0.primitive.hasPrefix("micro-batches: ") })
      #expect(together.primitive.contains("convolution") && together.scope.contains("conv1"))
    }
  }
}
