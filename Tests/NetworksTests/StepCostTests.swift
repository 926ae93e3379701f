import CoppiceAutodiff
import CoppiceNetworks
import CoppiceTensors
import Testing

/// What a training step costs under masks, beside steps whose products, gradients and updates are written for the survivors alone.
struct StepCostTests {
  @Test(arguments: Family.all) func everyOperationIsCountedOnce(family: Family) throws {
    let network = try family.traced()
    let graph = try network.trainingGraph(
      batch: family.batch, optimizer: family.optimizer, masked: [], clipping: family.clipping)
    let cost = graph.stepCost
    #expect(cost.dense == graph.flops)
    #expect(cost.flops(active: { _ in 1 }, trained: { _ in 1 }) == Double(graph.flops))
    // Reading and moving cost alike, two a multiply-add, but for the gradient by what the first layer reads, which nobody asks for.
    let weights = network.prunable
    for name in weights {
      let (read, moved) = (cost.read[name] ?? 0, cost.moved[name] ?? 0)
      #expect(read > 0 && moved > 0, "\(name)")
      #expect(moved < 2 * read || family.batch < 8 || name == weights[0], "\(name) \(read) \(moved)")
    }
    #expect(cost.fixed < graph.flops / 2 || family.name.contains("encoder") || family.name.contains("trans"))
  }

  @Test(arguments: [0.1, 0.4]) func survivorsOfAPerceptron(density: Double) throws {
    // A batch that fills the panels of the sparse form.
    let network = try Network(.mlp([40, 30]), .images([1, 8, 8], classes: 5))
    var random = RandomStream(seed: 1, stream: .mask)
    let masks = MaskSet(
      network.fullMasks.map { name, mask in
        (name, Mask(mask.shape, (0..<mask.count).map { _ in random.bernoulli(Float(density)) ? 1 : 0 }))
      })
    for optimizer in [Optimizer.adam(), .sgd(momentum: 0.9)] {
      func graph(_ network: Network) throws -> Graph {
        try network.trainingGraph(batch: 64, optimizer: optimizer, masked: [])
      }
      let cost = try graph(network).stepCost.flops(
        active: { masks[$0]?.density ?? 1 }, trained: { masks[$0]?.density ?? 1 })
      let sparse = Double(try graph(SparseForm(masks, .always).apply(to: network)).flops)
      #expect(abs(cost - sparse) < 0.05 * sparse, "\(cost) \(sparse)")
    }
  }
}
