import CoppiceAutodiff
import CoppiceNetworks
import CoppiceTensors
import Testing

@Suite struct FakeQuantisedTests {
  private let measured = FakeQuantised(roundsWeights: false, observes: false)

  /// The ranges of a network's inputs on a reference batch, one range for all layers.
  private func ranges(_ network: Network, below: Float = 1, above: Float = 2) throws -> ParameterSet {
    ParameterSet(try network.multipliedLayers().map { ($0.weight, Tensor([2], [below, above])) })
  }

  private func quantisation(_ network: Network, _ parameters: ParameterSet, bits: Int = 8) throws
    -> Quantisation
  {
    let ranges = try ranges(network)
    let scales = Quantisation.scales(of: ranges.names, in: parameters, bits: bits)
    return Quantisation(bits: bits, scales: scales, ranges: ranges)
  }

  private func buffers(_ network: Network) throws -> ParameterSet {
    var buffers = network.initialBuffers
    for (name, range) in FakeQuantised.buffers(try ranges(network)) { buffers[name] = range }
    return buffers
  }

  /// The logits of a network on its reference batch.
  private func logits(
    _ family: Family, _ network: Network, _ parameters: ParameterSet, _ buffers: ParameterSet
  ) throws -> [Float] {
    let forward = try network.forward(batch: family.batch, isTraining: false)
    let executor = Executor(Plan(forward.simplified))
    for set in [parameters, buffers] {
      for (name, tensor) in set where executor.hasLeaf(name) { executor.write(name, tensor.scalars) }
    }
    let inputs = network.interface.exampleShape.count * family.batch
    if network.interface.hasTokens {
      executor.write("inputs", integers: ReferenceNumbers.integers(3, inputs, below: 9))
    } else {
      executor.write("inputs", ReferenceNumbers.numbers(3, inputs, scale: 2))
    }
    executor.run()
    return executor.output("logits").scalars
  }

  /// Rounding weights in the graph gives the bits of weights that were rounded before.
  @Test(arguments: Family.all, [4, 8]) func bothFormsAreOne(family: Family, bits: Int) throws {
    let network = try family.traced()
    let parameters = ReferenceNumbers.parameters(network)
    let converted = try quantisation(network, parameters, bits: bits).applied(to: parameters)
    let buffers = try buffers(network)
    let inGraph = try FakeQuantised(bits: bits, roundsWeights: true, observes: true).apply(to: network)
    let before = try FakeQuantised(bits: bits, roundsWeights: false, observes: false).apply(to: network)
    let found = try logits(family, inGraph, parameters, buffers)
    let (rounded, twice) = (
      try logits(family, before, converted, buffers), try logits(family, inGraph, converted, buffers)
    )
    #expect(found == rounded && found == twice)
    let layers = try ranges(network).count
    let plain = try logits(family, network, parameters, network.initialBuffers)
    #expect(found != plain)
    #expect(inGraph.buffers.count == network.buffers.count + (bits == 8 ? layers : 0))
    #expect(before.declarations.map(\.name) == network.declarations.map(\.name))
  }

  /// The same numbers from codes: sums of products of integers, and the scales once at the end.
  @Test func aNetworkComputesAsItsCodesDo() throws {
    let family = Family.all[0]
    let network = try family.traced()
    let parameters = ReferenceNumbers.parameters(network)
    let quantisation = try quantisation(network, parameters)
    let converted = quantisation.applied(to: parameters)
    let found = try logits(family, measured.apply(to: network), converted, try buffers(network))
    let features = network.interface.exampleShape.count
    var rows = ReferenceNumbers.numbers(3, features * family.batch, scale: 2).map(Double.init)
    for (index, layer) in quantisation.layers.enumerated() {
      let weight = try #require(parameters[layer.name])
      let bias = try #require(parameters[layer.name.replacing("weight", with: "bias")])
      let codes = try #require(quantisation.codes(layer.name, of: weight))
      let (outputs, inputs) = (weight.shape[0], weight.shape[1])
      var next: [Double] = []
      for row in 0..<family.batch {
        let x = rows[row * inputs..<(row + 1) * inputs].map { Int(layer.scales.input.code(Float($0))) }
        for output in 0..<outputs {
          var sum = 0
          for input in 0..<inputs {
            sum += (x[input] - Int(layer.scales.inputZero)) * Int(codes[output * inputs + input])
          }
          let scale = Double(layer.scales.inputScale) * Double(layer.scales.weight[output])
          let y = Double(sum) * scale + Double(bias.scalars[output])
          next.append(index + 1 < quantisation.layers.count ? max(0, y) : y)
        }
      }
      rows = next
    }
    let largest = rows.map(abs).max() ?? 0
    for (a, b) in zip(found, rows) { #expect(abs(Double(a) - b) <= 1e-5 * largest) }
  }

  @Test func rangesFollowWhatComesUntilTheyHoldStill() throws {
    let family = Family.all[0]
    let network = try FakeQuantised(roundsWeights: true, observes: true).apply(to: try family.traced())
    let name = FakeQuantised.range(of: "fc1.weight")
    var buffers = network.initialBuffers
    buffers[name] = Tensor([2], [0.25, 4])
    let trainer = try Trainer(
      network, TrainingState(parameters: ReferenceNumbers.parameters(network), buffers: buffers), masks: nil,
      optimizer: .sgd(), batch: family.batch, seed: 1)
    let count = network.interface.exampleShape.count * family.batch
    let inputs = ReferenceNumbers.numbers(7, count, scale: 2)
    func step(moves: Bool) throws -> [Float] {
      trainer.write(FakeQuantised.inputs(moves: moves))
      try trainer.fillBatch { batch, labels in
        if case .numbers(let numbers) = batch { for place in 0..<count { numbers[place] = inputs[place] } }
        for place in labels.indices { labels[place] = Int32(place % 5) }
      }
      _ = trainer.run(learningRate: 0.01)
      return try #require(trainer.buffers[name]).scalars
    }
    let moved = try step(moves: true)
    let observed = [-(inputs.min() ?? 0), inputs.max() ?? 0]
    for (side, start) in [Float(0.25), 4].enumerated() {
      let expected = start + (observed[side] - start) * FakeQuantised.momentum
      #expect((moved[side] - expected).magnitude < 1e-6)
    }
    #expect(try step(moves: false) == moved)
  }

  /// Weights that are masked are 0 in every forward pass, and train on straight through.
  @Test func maskedWeightsStayZeroAndOthersMove() throws {
    let family = Family.all[2]
    let network = try FakeQuantised(roundsWeights: true, observes: true).apply(to: try family.traced())
    let masks = ReferenceNumbers.masks(network)
    var buffers = network.initialBuffers
    for (name, range) in FakeQuantised.buffers(try ranges(try family.traced())) { buffers[name] = range }
    let start = ReferenceNumbers.parameters(network)
    let trainer = try Trainer(
      network, TrainingState(parameters: start, buffers: buffers), masks: masks, optimizer: family.optimizer,
      batch: family.batch, seed: 1)
    trainer.write(FakeQuantised.inputs(moves: true))
    try trainer.fillBatch { batch, labels in
      if case .numbers(let numbers) = batch {
        for (place, number) in ReferenceNumbers.numbers(7, numbers.count, scale: 2).enumerated() {
          numbers[place] = number
        }
      }
      for place in labels.indices { labels[place] = Int32(place % 4) }
    }
    #expect(trainer.run(learningRate: 0.01).isFinite)
    let after = trainer.parameters
    for (name, mask) in masks {
      let (new, old) = (try #require(after[name]), try #require(start[name]))
      #expect(mask.applied(to: new) == new)
      #expect(new != mask.applied(to: old), "\(name) has not moved")
    }
  }

  @Test func aSparseFormComesBehindIt() throws {
    let network = try Family.all[0].traced()
    let masks = ReferenceNumbers.masks(network)
    let sparse = try SparseForm(masks, .always).apply(to: network)
    #expect(throws: TraceError.self) { try measured.apply(to: sparse) }
    let both = try SparseForm(masks, .always).apply(to: measured.apply(to: network))
    #expect(Set(both.forms.keys) == Set(masks.names))
    #expect(both.rewrites.map(\.name) == ["fake-quantised", "sparse"])
  }
}
