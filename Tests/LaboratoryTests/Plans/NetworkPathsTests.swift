import CoppiceLaboratory
import CoppiceNetworks
import CoppicePruning
import CoppiceTensors
import Testing

struct NetworkPathsTests {
  /// Random masks of LeNet-300-100, as many survivors of each layer: 17 of 20 have no path at a sparsity of 0.999. Beside them what
  /// a walk over units finds.
  @Test(arguments: [(0.999, 12...20), (0.997, 0...6)] as [(Double, ClosedRange<Int>)])
  func randomMasks(sparsity: Double, cutOff: ClosedRange<Int>) throws {
    let network = try Network(.mlp([300, 100]), .images([1, 28, 28], classes: 10))
    let paths = try NetworkPaths(network)
    let weights = network.initialParameters(seed: 0)
    let pruner = Pruner(criterion: .random, allocation: .layerWise())
    var count = 0
    for seed in 0..<20 {
      let context = ScoringContext(
        weights: weights, masks: network.fullMasks, initialWeights: weights, seed: UInt64(seed), evidence: [])
      let masks = try pruner.prune(context, to: .sparsity(sparsity)).masks
      let found = paths.record(masks)
      let expected = walk(masks.map(\.mask))
      #expect(found.effective == expected.effective && found.isConnected == (expected.effective > 0))
      #expect(found.deadUnits == expected.deadUnits && found.weights == 266_200)
      #expect(found.emptiedLayers == 0)
      if !found.isConnected { count += 1 }
    }
    #expect(cutOff.contains(count), "\(count) of 20")
  }

  /// What is on a path in a perceptron, unit by unit: forward to the units that are reached, back from those that are read.
  private func walk(_ masks: [Mask]) -> (effective: Int, deadUnits: Int) {
    var reached = [[Bool](repeating: true, count: masks[0].shape[1])]
    for mask in masks {
      let (rows, columns) = (mask.shape[0], mask.shape[1])
      reached.append(
        (0..<rows).map { row in
          (0..<columns).contains { mask.bytes[row * columns + $0] == 1 && reached[reached.count - 1][$0] }
        })
    }
    var useful = [Bool](repeating: true, count: masks[masks.count - 1].shape[0])
    var (effective, deadUnits) = (0, 0)
    for (index, mask) in masks.enumerated().reversed() {
      let (rows, columns) = (mask.shape[0], mask.shape[1])
      for row in 0..<rows {
        let part = (0..<columns).count {
          mask.bytes[row * columns + $0] == 1 && reached[index][$0] && useful[row]
        }
        effective += part
        deadUnits += part == 0 ? 1 : 0
      }
      useful = (0..<columns).map { column in
        (0..<rows).contains { mask.bytes[$0 * columns + column] == 1 && useful[$0] }
      }
    }
    return (effective, deadUnits)
  }

  @Test func companionsCountNowhere() throws {
    let network = try Network(.mlp([3]), .images([1, 2, 2], classes: 2))
    var masks = network.fullMasks
    masks.setCompanion("fc1.bias", Mask([3], [0, 0, 0]))
    let record = try NetworkPaths(network).record(masks)
    #expect(record == (try NetworkPaths(network).dense))
    #expect(record.weights == 18 && record.effective == 18 && record.deadUnits == 0)
  }
}
