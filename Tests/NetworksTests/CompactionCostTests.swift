import CoppiceAutodiff
import CoppiceNetworks
import CoppiceTensors
import Testing

/// A network without units beside one that was made without them.
struct CompactionCostTests {
  /// Masks of a network in which these rows of weights are gone.
  private func masks(_ network: Network, _ removed: [String: Range<Int>]) -> MaskSet {
    MaskSet(
      network.fullMasks.map { name, mask in
        var mask = mask
        let row = mask.count / mask.shape[0]
        for index in removed[name] ?? 0..<0 {
          for element in (index * row)..<((index + 1) * row) { mask.bytes[element] = 0 }
        }
        return (name, mask)
      })
  }

  private func compacted(_ network: Network, _ masks: MaskSet) throws -> Int {
    let forward = try network.forward(batch: 1, isTraining: false)
    return CompactionCost(forward).flops(keeping: try PathProbe(forward).paths(under: masks).weights)
  }

  private func flops(_ model: Model, _ interface: Interface) throws -> Int {
    try Network(model, interface).forward(batch: 1, isTraining: false).flops
  }

  @Test func aWholeNetworkCostsWhatItCosts() throws {
    for family in Family.all {
      let network = try family.traced()
      #expect(try compacted(network, network.fullMasks) == flops(family.model, family.interface))
    }
  }

  @Test func neurons() throws {
    let task = Interface.images([1, 5, 5], classes: 4)
    let network = try Network(.mlp([9, 7]), task)
    // Units of the second layer by their inputs; of the first, since nobody reads them.
    var masks = masks(network, ["fc2.weight": 0..<3])
    for row in 0..<7 { for unit in 4..<9 { masks["fc2.weight"]?.bytes[row * 9 + unit] = 0 } }
    #expect(try compacted(network, masks) == flops(.mlp([4, 4]), task))
    // Zeros alone make nothing smaller.
    var scattered = network.fullMasks
    for index in stride(from: 0, to: 225, by: 2) { scattered["fc1.weight"]?.bytes[index] = 0 }
    #expect(try compacted(network, scattered) == flops(.mlp([9, 7]), task))
  }

  @Test func filters() throws {
    let task = Interface.images([1, 16, 16], classes: 4)
    let network = try Network(.lenet([6, 8], hidden: 10), task)
    let masks = masks(network, ["conv1.weight": 2..<5, "conv2.weight": 0..<2])
    #expect(try compacted(network, masks) == flops(.lenet([3, 6], hidden: 10), task))
  }

  @Test func channelsOfResidualBlocks() throws {
    let task = Interface.images([2, 8, 8], classes: 4)
    let network = try Network(.resnet([4], blocks: 2), task)
    let dense = try flops(.resnet([4], blocks: 2), task)
    // Inside a block a channel goes; of the stream it stays, since the shortcut carries it.
    // Of one channel: its filter, and what the next convolution does with it.
    let channel = 2 * 2 * 64 * 9 * 4
    let found = try compacted(
      network, masks(network, ["blocks.0.conv1.weight": 0..<1, "blocks.0.conv2.weight": 0..<1]))
    // Two convolutions without a channel, and batch normalisation (2 an element) and rectifier (1) of it.
    #expect(found == dense - channel - 3 * 64)
    // Of an emptied branch the convolutions and the inner normalisation go, and the shortcut is added to what is left of it.
    let branch = try compacted(
      network, masks(network, ["blocks.0.conv1.weight": 0..<4, "blocks.0.conv2.weight": 0..<4]))
    #expect(branch == dense - 4 * channel - 4 * 3 * 64)
  }

  @Test func heads() throws {
    let task = Interface.sequences(length: 5, vocabulary: 9, classes: 3)
    let network = try Network(.encoder(width: 8, heads: 2, layers: 1, feedForward: 2), task)
    var masks = network.fullMasks
    // The values of one head: the head goes, with its rows and columns.
    for row in 20..<24 {
      for column in 0..<8 { masks["h.0.attn.c_attn.weight"]?.bytes[row * 8 + column] = 0 }
    }
    let dense = try flops(.encoder(width: 8, heads: 2, layers: 1, feedForward: 2), task)
    let head = 2 * 5 * 8 * 12 + 2 * 5 * 4 * 8 + 4 * 5 * 5 * 4
    #expect(try compacted(network, masks) == dense - head)
  }
}
