import CoppiceAutodiff
import CoppiceNetworks
import CoppiceTensors
import Testing

/// How many threads networks take of two.
struct ThreadsTests {
  static let models: [(model: Model, interface: Interface)] = [
    (.lenet300100, .images([1, 28, 28], classes: 10)), (.lenet5, .images([1, 28, 28], classes: 10)),
    (.resnet20, .images([3, 32, 32], classes: 10)),
  ]

  private func threads(_ index: Int, batch: Int, density: Float) throws -> Int {
    try plan(index, batch: batch, density: density).threads
  }

  private func plan(_ index: Int, batch: Int, density: Float) throws -> ThreadPlan {
    let network = try Network(Self.models[index].model, Self.models[index].interface)
    var random = RandomStream(seed: 0, stream: .mask)
    let masks = MaskSet(
      network.fullMasks.map { name, mask in
        (name, Mask(mask.shape, (0..<mask.count).map { _ in random.bernoulli(density) ? 1 : 0 }))
      })
    let form = try SparseForm(density < 1 ? masks : nil, .automatic, isForOne: batch == 1).apply(to: network)
    let graph = try form.evaluationGraph(batch: batch).inMicroBatches(threads: 2)
    return ThreadPlan(Plan(graph), threads: 2)
  }

  @Test("one example through a sparse network is not worth a second thread", arguments: models.indices)
  func one(_ index: Int) throws {
    for density: Float in [0.1, 0.02] { #expect(try threads(index, batch: 1, density: density) == 1) }
  }

  @Test("many examples are not worth one where their whole work is done in ten microseconds")
  func few() throws {
    for density: Float in [0.02, 0.005] { #expect(try threads(0, batch: 64, density: density) == 1) }
  }

  @Test("a thread keeps its examples from layer to layer", arguments: [0.1, 0.02, 0.005] as [Float])
  func locality(density: Float) throws {
    #expect(try plan(1, batch: 64, density: density).phases.count <= 4)
  }

  @Test("many examples are, and so is one through all weights", arguments: models.indices)
  func many(_ index: Int) throws {
    #expect(try threads(index, batch: 1, density: 1) == 2)
    for density: Float in [1, 0.1] { #expect(try threads(index, batch: 64, density: density) == 2) }
  }
}
