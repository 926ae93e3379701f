import CoppiceAutodiff
import CoppiceNetworks
import CoppiceTensors
import Testing

/// Low-rank adapters beside pruned weights.
@Suite struct AdaptedTests {
  private static let interface = Interface.images([1, 28, 28], classes: 10)

  /// LeNet-300-100 of which the smallest nine tenths are pruned, with adapters of rank 4 whose B has numbers.
  private struct LeNet {
    let network: Network
    let adapted: Adapted
    let masks: MaskSet
    let parameters: ParameterSet

    init(isMasked: Bool = true) throws {
      network = try Network(.lenet300100, interface)
      let weights = network.initialParameters(seed: 5)
      let magnitudes = network.prunable.flatMap { weights[$0]?.scalars.map(abs) ?? [] }.sorted()
      let threshold = magnitudes[239_580]
      masks = MaskSet(
        network.prunable.compactMap { name in
          weights[name].map { (name, Mask($0.shape, $0.scalars.map { abs($0) < threshold ? 0 : 1 })) }
        })
      adapted = Adapted(rank: 4, of: network.prunable, masked: isMasked ? network.prunable : [])
      var all = try adapted.apply(to: network).completed(masks.applied(to: weights), seed: 5)
      for name in network.prunable {
        let b = Adapted.names(of: name).b
        guard let shape = all[b]?.shape else { continue }
        all[b] = Tensor(shape, ReferenceNumbers.numbers(9, shape.count, scale: 0.5))
      }
      parameters = all
    }

    func logits(_ network: Network, _ parameters: ParameterSet) throws -> [Float] {
      let executor = Executor(Plan(try network.forward(batch: 16, isTraining: false)))
      for (name, tensor) in parameters where executor.hasLeaf(name) { executor.write(name, tensor.scalars) }
      for (name, mask) in masks where executor.hasLeaf("mask/\(name)") {
        executor.write("mask/\(name)", bytes: mask.bytes)
      }
      executor.write("inputs", ReferenceNumbers.numbers(3, 16 * 784, scale: 2))
      executor.run()
      return executor.output("logits").scalars
    }
  }

  private func zeros(_ parameters: ParameterSet, _ network: Network) -> Int {
    network.prunable.reduce(0) { $0 + (parameters[$1]?.scalars.count { $0 == 0 } ?? 0) }
  }

  @Test func aMergeKeepsTheMask() throws {
    let lenet = try LeNet()
    #expect(lenet.masks.count == 266_200 && lenet.masks.keptCount == 26_620)
    let merged = lenet.adapted.merged(lenet.parameters, under: lenet.masks)
    let own = lenet.adapted.withoutAdapters(merged)
    #expect(own.names == lenet.network.declarations.map(\.name))
    #expect(zeros(own, lenet.network) == 239_580)
    let beside = try lenet.logits(lenet.adapted.apply(to: lenet.network), lenet.parameters)
    let inside = try lenet.logits(lenet.network, own)
    let largest = beside.map(abs).max() ?? 0
    #expect(largest > 0.1)
    for (a, b) in zip(beside, inside) { #expect(abs(a - b) < 1e-5 * max(1, largest)) }
    // The adapters do something: without them the logits are others.
    let without = try lenet.logits(lenet.network, lenet.adapted.withoutAdapters(lenet.parameters))
    #expect(zip(beside, without).contains { abs($0 - $1) > 1e-2 })
  }

  @Test func mergingTwiceChangesNoBit() throws {
    let lenet = try LeNet()
    let once = lenet.adapted.merged(lenet.parameters, under: lenet.masks)
    #expect(!once.hasSameBits(as: lenet.parameters))
    #expect(lenet.adapted.merged(once, under: lenet.masks).hasSameBits(as: once))
    // Adapters that add nothing change no bit either, the sign of a zero among them.
    var fresh = try lenet.adapted.apply(to: lenet.network).completed(ParameterSet(), seed: 5)
    fresh["fc3.weight"]?.scalars[7] = -0.0
    #expect(lenet.adapted.merged(fresh, under: nil).hasSameBits(as: fresh))
  }

  @Test func aMergeWithoutAMaskLeavesNoZeros() throws {
    let lenet = try LeNet(isMasked: false)
    let merged = lenet.adapted.merged(lenet.parameters, under: lenet.masks)
    #expect(zeros(merged, lenet.network) == 0)
  }

  /// At the beginning B is 0, so that the network is as it was; then the adapters alone are trained.
  @Test(arguments: Family.all) func adaptersAloneAreTrained(family: Family) throws {
    let plain = try family.traced()
    let masks = ReferenceNumbers.masks(plain)
    let adapted = Adapted(rank: 2, of: plain.prunable, masked: plain.prunable)
    let network = try adapted.apply(to: plain)
    let start = network.completed(family.start(plain).parameters, seed: 1)
    let trainer = try Trainer(
      network, TrainingState(parameters: start, buffers: plain.initialBuffers), masks: masks,
      execution: .always, optimizer: family.optimizer, batch: family.batch, seed: 1)
    let whole = try Trainer(
      plain, family.start(plain), masks: masks, execution: .never, optimizer: family.optimizer,
      batch: family.batch, seed: 1)
    let losses = try family.runOnOneBatch(trainer, steps: 12, rate: 0.005)
    let first = try family.runOnOneBatch(whole, steps: 1, rate: 0.005)
    #expect(abs(losses[0] - first[0]) < 1e-5 * abs(first[0]) && losses[11] < losses[0])
    for (name, tensor) in trainer.parameters {
      let before = try #require(start[name])
      let held = masks[name]?.applied(to: before) ?? before
      #expect(tensor.hasSameBits(as: held) == !name.contains(".adapter_"), "\(name)")
    }
    let merged = adapted.merged(trainer.parameters, under: masks)
    for (name, mask) in masks {
      let weight = try #require(merged[name])
      #expect(zip(weight.scalars, mask.bytes).allSatisfy { $1 == 1 || $0.bitPattern == 0 })
    }
  }
}
