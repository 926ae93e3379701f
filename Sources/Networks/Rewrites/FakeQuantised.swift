import CoppiceAutodiff
import CoppiceTensors
import CoppiceTerms

/// A network whose linear layers and convolutions compute with floats as they would with codes of few bits: what they multiply is what
/// codes stand for. Biases, normalisations, attention and everything else stay as they are.
///
/// Inputs have the range that a buffer `<weight>.input_range` holds, `[2]`: how far it reaches below and above 0. A training may let
/// ranges follow what comes, by `observing` (a leaf) of the difference in every step; with an `observing` of 0 they hold still.
/// The method and its moving ranges: B. Jacob et al., "Quantization and training of neural networks for efficient
/// integer-arithmetic-only inference", CVPR 2018.
package struct FakeQuantised: NetworkRewrite {
  /// The bits of a weight's code. With 4, inputs are left as they are.
  package let bits: Int
  /// Whether weights are rounded in the graph, each row with the scale of its largest weight as it stands. Where not, they are taken
  /// to be what codes stand for.
  package let roundsWeights: Bool
  /// Whether a training lets ranges follow what comes.
  package let observes: Bool

  /// What a moving range follows of the difference in a step, as long as it moves.
  package static let momentum: Float = 0.01
  /// The leaf that says how much ranges follow.
  static let observing = "observing"

  package init(bits: Int = 8, roundsWeights: Bool, observes: Bool) {
    (self.bits, self.roundsWeights, self.observes) = (bits, roundsWeights, observes)
  }

  package var specification: Specification {
    Specification(
      "fake-quantised", version: 1,
      [
        ("bits", .integer(bits)), ("rounds-weights", .flag(roundsWeights)), ("observes", .flag(observes)),
      ])
  }

  /// The buffer with the range of what a weight is multiplied by.
  package static func range(of weight: String) -> String { "\(weight).input_range" }

  /// The numbers that a training reads in a step.
  ///
  /// - Parameter moves: whether ranges follow what comes.
  package static func inputs(moves: Bool) -> MaskInputs { MaskInputs([observing: moves ? momentum : 0]) }

  /// Ranges by their weights as buffers.
  package static func buffers(_ ranges: ParameterSet) -> ParameterSet {
    ParameterSet(ranges.map { (range(of: $0.name), $0.tensor) })
  }

  /// The ranges of some layers among buffers, by their weights.
  package static func ranges(of layers: [String], in buffers: ParameterSet) -> ParameterSet {
    ParameterSet(layers.compactMap { name in buffers[range(of: name)].map { (name, $0) } })
  }

  /// Whether inputs are rounded too.
  private var roundsInputs: Bool { bits == 8 }

  package func apply(to network: Network) throws -> Network {
    guard network.forms.isEmpty else {
      throw TraceError(primitive: specification.name, problem: "takes a network before its sparse form")
    }
    let layers = try network.multipliedLayers().map(\.weight)
    let ranges: [Network.Buffer] = roundsInputs ? layers.map { (Self.range(of: $0), [2], 0) } : []
    let quantised = Set(layers)
    return try network.rewritten(by: self, buffers: network.buffers + ranges) { graph, isTraining in
      try Graph.trace { builder in
        var weights: [String: Value] = [:]
        var observed: [(name: String, range: Value)] = []
        func changed(_ index: Int, _ inputs: [Value]) -> [Value]? {
          guard let product = graph.nodes[index].primitive as? any WeightProduct,
            let name = graph.weight(of: index), quantised.contains(name)
          else { return nil }
          var inputs = inputs
          if roundsInputs {
            if observes, isTraining { observed.append((name, inputs[0].range)) }
            let range = builder.state(Self.range(of: name), [2])
            inputs[0] = builder.apply(FakeQuantise(), inputs[0], range)
          }
          if roundsWeights {
            let rounded = weights[name] ?? builder.apply(FakeQuantiseRows(bits: bits), inputs[1])
            weights[name] = rounded
            inputs[1] = rounded
          }
          return Array(Self.applied(product, inputs).prefix(1))
        }
        let replay = builder.replay(graph, node: changed)
        for (name, value) in replay.outputs { builder.output(name, value) }
        builder.follow(observed)
      }
    }
  }

  private static func applied(_ primitive: some Primitive, _ inputs: [Value]) -> [Value] {
    inputs[0].builder.applyAll(primitive, inputs)
  }
}

extension GraphBuilder {
  /// Lets ranges follow what was observed of their layers; of a layer in several places, the widest.
  fileprivate func follow(_ observed: [(name: String, range: Value)]) {
    guard !observed.isEmpty else { return }
    let rate = input(FakeQuantised.observing, .scalar)
    var widest: [(name: String, range: Value)] = []
    for (name, range) in observed {
      if let known = widest.firstIndex(where: { $0.name == name }) {
        widest[known].range = widest[known].range.maximum(range)
      } else {
        widest.append((name, range))
      }
    }
    for (name, range) in widest {
      let state = state(FakeQuantised.range(of: name), [2])
      update(state, with: state + (range - state) * rate)
    }
  }
}
