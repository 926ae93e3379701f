import CoppiceAutodiff
import CoppiceNetworks
import CoppiceTensors
import Testing

/// The paths of whole networks, beside the gradients of networks that have weights above 0, no biases and inputs above 0: there
/// nothing cancels, and a weight is part of a path exactly where the logits depend on it.
struct PathsTests {
  /// What a draw of such weights and inputs finds: whether the logits depend on the inputs, and on which weights.
  private struct Oracle {
    let network: Network
    private let executor: Executor
    private var random = RandomStream(seed: 3, stream: .mask)

    init(_ network: Network) throws {
      self.network = network
      let forward = try network.forward(batch: 1, isTraining: false)
      let graph = try Graph.trace { builder in
        let logits = try #require(builder.replay(forward)["logits"])
        let inputs = builder.input("inputs", Shape([1] + network.interface.exampleShape.axes))
        let weights = network.prunable.map { name in
          (name, builder.parameter(name, network.fullMasks[name]?.shape ?? .scalar))
        }
        let gradients = builder.gradients(of: logits.sum, wrt: [inputs] + weights.map(\.1))
        builder.output("inputs'", gradients[0])
        for ((name, _), gradient) in zip(weights, gradients.dropFirst()) {
          builder.output("\(name)'", gradient)
        }
      }.simplified
      executor = Executor(Plan(graph))
    }

    private mutating func positive(_ count: Int) -> [Float] {
      (0..<count).map { _ in 0.5 + random.uniform() }
    }

    /// Where a gradient is other than 0, beyond what rounding leaves of one.
    private func nonzero(_ name: String) -> [UInt8] {
      let values = executor.output(name).scalars.map { $0.magnitude }
      let least = 1e-4 * (values.max() ?? 0)
      return values.map { $0 > least ? 1 : 0 }
    }

    /// The union of some draws: of a window only the greatest element has a gradient.
    mutating func paths(_ masks: MaskSet, draws: Int) -> (isConnected: Bool, weights: [String: [UInt8]]) {
      var weights = Dictionary(
        uniqueKeysWithValues: masks.map { ($0.name, [UInt8](repeating: 0, count: $0.mask.count)) })
      var isConnected = false
      for _ in 0..<draws {
        for declaration in network.declarations {
          var values = positive(declaration.shape.count)
          if let mask = masks[declaration.name] {
            for index in values.indices where mask.bytes[index] == 0 { values[index] = 0 }
          } else if declaration.name.hasSuffix("bias") {
            values = values.map { _ in 0 }
          }
          executor.write(declaration.name, values)
        }
        for (name, shape, initial) in network.buffers {
          executor.write(name, [Float](repeating: initial, count: shape.count))
        }
        executor.write("inputs", positive(network.interface.exampleShape.count))
        executor.run()
        isConnected = isConnected || nonzero("inputs'").contains(1)
        for (name, mask) in masks {
          let found = zip(nonzero("\(name)'"), mask.bytes).map { $0 & $1 }
          weights[name] = zip(weights[name] ?? [], found).map { $0 | $1 }
        }
      }
      return (isConnected, weights)
    }
  }

  static let models: [(model: Model, interface: Interface, draws: Int)] = [
    (.mlp([9, 7]), .images([1, 3, 3], classes: 4), 1),
    (.lenet([3, 4], hidden: 6), .images([1, 16, 16], classes: 3), 24),
    (.conv([[3, 4], [5]], hidden: [6]), .images([2, 8, 8], classes: 3), 24),
    (.resnet([4, 6], blocks: 2), .images([2, 8, 8], classes: 3), 1),
    // Winograd's transforms, which round.
    (.resnet([16, 32], blocks: 1), .images([1, 8, 8], classes: 3), 1),
  ]

  @Test(arguments: models.indices, [0.02, 0.05, 0.15, 0.5])
  func areWhereGradientsAre(index: Int, density: Double) throws {
    let (model, interface, draws) = Self.models[index]
    let network = try Network(model, interface)
    var oracle = try Oracle(network)
    let probe = try PathProbe(network.forward(batch: 1, isTraining: false))
    var random = RandomStream(seed: UInt64(index), stream: .mask)
    for trial in 0..<3 {
      let masks = MaskSet(
        network.fullMasks.enumerated().map { place, entry in
          // In one of three, a layer is empty.
          let isEmpty = trial == 2 && place == index
          let bytes = (0..<entry.mask.count).map { _ -> UInt8 in
            random.bernoulli(Float(density)) && !isEmpty ? 1 : 0
          }
          return (entry.name, Mask(entry.mask.shape, bytes))
        })
      let found = probe.paths(under: masks)
      let expected = oracle.paths(masks, draws: draws)
      #expect(found.isConnected == expected.isConnected)
      for (name, bytes) in expected.weights { #expect(found.weights[name]?.bytes == bytes, "\(name)") }
    }
  }

  /// The masks of a network with some layers emptied.
  private func masks(_ network: Network, emptying names: [String]) -> MaskSet {
    MaskSet(
      network.fullMasks.map { name, mask in
        let isEmpty = names.contains { name.hasPrefix($0) }
        return (name, isEmpty ? Mask(mask.shape, [UInt8](repeating: 0, count: mask.count)) : mask)
      })
  }

  @Test(
    arguments: [
      (["blocks.1"], true), (["blocks.0", "blocks.1", "blocks.2", "blocks.3"], false),
      (["blocks.0", "blocks.1", "blocks.3"], true), (["blocks.2.conv1"], true),
      (["blocks.2.conv1", "blocks.2.shortcut"], false), (["conv.weight"], false), (["fc"], false),
    ] as [([String], Bool)])
  func shortcutsCarry(emptied: [String], isConnected: Bool) throws {
    let network = try Network(.resnet([4, 6], blocks: 2), .images([2, 8, 8], classes: 3))
    let probe = try PathProbe(network.forward(batch: 1, isTraining: false))
    #expect(probe.paths(under: masks(network, emptying: emptied)).isConnected == isConnected)
  }

  @Test(
    arguments: [(["h.0"], true), (["h.0", "h.1"], true), (["fc", "lm_head"], false)] as [([String], Bool)])
  func blocksOfTransformersAreShortcuts(emptied: [String], isConnected: Bool) throws {
    let tasks: [(Model, Interface)] = [
      (
        .encoder(width: 8, heads: 2, layers: 2, feedForward: 2),
        .sequences(length: 5, vocabulary: 9, classes: 3)
      ),
      (
        .causalTransformer(width: 8, heads: 2, layers: 2, feedForward: 2), .language(length: 5, vocabulary: 9)
      ),
    ]
    for (model, interface) in tasks {
      let network = try Network(model, interface)
      let probe = try PathProbe(network.forward(batch: 1, isTraining: false))
      let full = probe.paths(under: network.fullMasks)
      for (name, mask) in network.fullMasks { #expect(full.weights[name] == mask, "\(name) is on paths") }
      #expect(probe.paths(under: masks(network, emptying: emptied)).isConnected == isConnected)
    }
  }
}
