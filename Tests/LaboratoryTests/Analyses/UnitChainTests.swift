import CoppiceLaboratory
import CoppiceNetworks
import CoppicePruning
import CoppiceTensors
import Testing

@Suite struct UnitChainTests {
  static func chain(_ model: Model, _ shape: Shape, classes: Int = 3) throws -> UnitChain {
    let network = try Network(model, .images(shape, classes: classes))
    return try UnitChain(network, NetworkStructure(network))
  }

  @Test func aPerceptronIsAChain() throws {
    let chain = try Self.chain(.mlp([5, 4]), [9])
    #expect(chain.layers.map(\.name) == ["fc1.weight", "fc2.weight", "fc3.weight"])
    #expect(chain.layers.map(\.units) == [5, 4, 3])
    #expect(chain.layers[0].inputs.isEmpty)
    #expect(chain.layers[1].inputs == (0..<5).map { [$0] })
  }

  /// Through the flattening a channel is read at each of its places.
  @Test func aPlainConvolutionalNetworkIsAChain() throws {
    let chain = try Self.chain(.lenet([2, 3], hidden: 8), [1, 12, 12])
    let flattened = chain.layers[2].shape[1] / 3
    #expect(chain.layers.map(\.units) == [2, 3, 8, 3])
    #expect(flattened > 1)
    #expect(
      chain.layers[2].inputs == (0..<3).map { Array($0 * flattened..<($0 + 1) * flattened) })
  }

  @Test func whatBranchesIsRefusedWithTheReason() throws {
    #expect(throws: UnitChain.Obstacle.self) { try Self.chain(.resnet([3, 4], blocks: 1), [3, 8, 8]) }
    do {
      _ = try Self.chain(.resnet([3, 4], blocks: 1), [3, 8, 8])
    } catch {
      #expect("\(error)".contains("run through"), "\(error)")
    }
  }

  @Test func elementsGoWhereTheirUnitsGo() throws {
    let chain = try Self.chain(.mlp([3, 2]), [2])
    // Rows 0, 1 of three columns each, in the order 1, 0 and 2, 0, 1.
    let moved = UnitChain.reordered(
      [10, 11, 12, 20, 21, 22], chain.layers[1], rows: [1, 0], units: [2, 0, 1])
    #expect(moved == [22, 20, 21, 12, 10, 11])
    let kernel = UnitChain.Layer(name: "conv", shape: [2, 2, 1, 2], inputs: [[0], [1]])
    #expect(
      UnitChain.reordered([0, 1, 2, 3, 4, 5, 6, 7], kernel, rows: [0, 1], units: [1, 0])
        == [2, 3, 0, 1, 6, 7, 4, 5])
  }
}
