import CoppiceLaboratory
import CoppiceNetworks
import CoppicePruning
import CoppiceTensors
import Foundation
import Testing

/// Merged units beside what NumPy and PyTorch make of them: Tests/Reference/merging.py.
@Suite struct MergeReferenceTests {
  private struct Found: Decodable {
    let weights: [RetrainingFixture.Array]
    let order: [String: [Int]]
    let scores: [String: [Double]]
    let gone: [String: [Int]]
    let moved: [RetrainingFixture.Array]
    let inputs: RetrainingFixture.Array
    let logits: RetrainingFixture.Array
  }

  private func fixture() throws -> [String: Found] {
    let url = try #require(
      Bundle.module.url(forResource: "merging", withExtension: "json", subdirectory: "Fixtures"))
    return try JSONDecoder().decode([String: Found].self, from: Data(contentsOf: url))
  }

  @Test(arguments: ["mlp", "vgg"]) func unitsAreMergedAsByTheDefinition(name: String) throws {
    let found = try #require(try fixture()[name])
    let shape = Shape(Array(found.inputs.shape.dropFirst()))
    var merging = try MergingNetwork(
      name == "mlp" ? .mlp([7, 6]) : .vgg16(width: 5, blocks: [1, 1]), .images(shape, classes: 3))
    for array in found.weights {
      if merging.buffers[array.name] != nil {
        merging.buffers[array.name] = array.tensor
      } else {
        #expect(merging.parameters[array.name]?.shape == array.tensor.shape, "\(array.name)")
        merging.parameters[array.name] = array.tensor
      }
    }
    // The scores, and by them the order.
    let scores = try Criterion.merge().scores(in: merging.context)
    var cut = ParameterSet(scores.map { ($0, Tensor(repeating: 1, $1.shape)) })
    for (weight, expected) in found.scores {
      let tensor = try #require(scores[weight])
      let length = tensor.shape.count / tensor.shape[0]
      let rows = expected.indices.map { Double(tensor.scalars[$0 * length]) }
      for (row, wanted) in zip(rows, expected) { #expect(abs(row - wanted) <= 1e-5 * wanted, "\(weight)") }
      #expect(rows.indices.sorted { rows[$0] < rows[$1] } == found.order[weight], "\(weight)")
      for unit in found.gone[weight] ?? [] {
        for place in unit * length..<(unit + 1) * length { cut[weight]?.scalars[place] = 0 }
      }
    }
    // The units that go, cut by scores that say nothing else.
    let pruning = try merging.pruned(
      .merge(), .coupledUnit, to: merging.left(without: found.gone.mapValues(\.count)), scores: cut)
    let weights = try #require(pruning.weights)
    for (weight, gone) in found.gone { #expect(merging.gone(weight, pruning.masks) == gone) }
    for array in found.moved where merging.buffers[array.name] == nil {
      for (a, b) in zip(try #require(weights[array.name]).scalars, array.scalars) {
        #expect(abs(Double(a) - b) <= 1e-5 * max(1, abs(b)), "\(array.name)")
      }
    }
    #expect(pruning.statistics == nil)
    let logits = try merging.logits(weights, merging.buffers, of: found.inputs.tensor)
    #expect(difference(found.logits.tensor.scalars, logits) < 1e-5)
  }
}
