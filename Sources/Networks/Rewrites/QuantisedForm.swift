import CoppiceAutodiff
import CoppiceTensors
import CoppiceTerms

/// Layers whose products are those of integers, for evaluation: the linear layers and convolutions in one group that a `Quantisation`
/// of eight bits names. Their weights are constants of the graph and no leaves any more. A batch normalisation behind a convolution, a
/// residual sum, a ReLU, ReLU6 or GELU are part of the layer. Where every reader of a result takes the same codes, through ReLU, max
/// pooling and flattening too, the layer gives these codes. Everything else stays in floats, and so does the training graph.
///
/// A convolution with the normalisation `(s − mean) · f + β`, `f = γ / √(variance + ε)`, keeps the codes of its own weight; f enters
/// the scale of its sums, `inputScale · weightScale · f`, and the bias, `(bias − mean) · f + β`, each rounded once.
package struct QuantisedForm: NetworkRewrite {
  private let quantisation: Quantisation
  private let arrays: ParameterSet

  /// The form of networks with these weights, in which pruned ones are 0.
  package init(_ quantisation: Quantisation, _ parameters: ParameterSet, _ buffers: ParameterSet) {
    self.quantisation = quantisation
    arrays = ParameterSet(
      parameters.map { ($0.name, $0.tensor) } + buffers.map { ($0.name, $0.tensor) })
  }

  package var specification: Specification {
    Specification(
      "quantised", version: 1,
      [
        (
          "layers",
          .list(
            quantisation.layers.map { name, scales in
              .list([.text(name), .integer(scales.bits)])
            })
        )
      ])
  }

  package func apply(to network: Network) throws -> Network {
    let (quantisation, arrays) = (quantisation, arrays)
    return Network(
      model: network.model, interface: network.interface, initializer: network.initializer,
      rewrites: network.rewrites + [self], declarations: network.declarations, buffers: network.buffers,
      forms: network.forms,
      sparsifiable: network.sparsifiable.subtracting(quantisation.names)
    ) { batch, isTraining in
      let graph = try network.forward(batch: batch, isTraining: isTraining)
      if isTraining { return graph }
      return try Graph.trace { QuantisedTrace(graph, quantisation, arrays, $0).run() }
    }
  }
}

/// One replay of a forward graph with integer layers. A layer is not added where it stands but where it is read: what follows it may
/// be part of it, and its readers say in which form they take it.
private final class QuantisedTrace {
  /// A layer whose result nobody has read yet.
  private struct Layer {
    let x: Value
    /// The part of the model that it stands in.
    let scope: String
    var weight: QuantisedWeight
    /// `nil` for a linear layer.
    let windows: ConvolutionWindows?
    var residual: Value?
    var activation = QuantisedActivation.none
  }

  /// What a value of the graph became, in each form that was asked for.
  private struct Forms {
    var layer: Layer?
    /// Numbers as the graph has them.
    var numbers: Value?
    /// Numbers `[batch, height, width, channels]`.
    var channelsLast: Value?
    var codes: [(code: AffineCode, value: Value, places: Int)] = []
  }

  private let graph: Graph
  private let quantisation: Quantisation
  private let arrays: ParameterSet
  private let builder: GraphBuilder
  private var forms: [ValueID: Forms] = [:]
  private var readers: [ValueID: [Int]] = [:]
  private let results: Set<ValueID>

  init(_ graph: Graph, _ quantisation: Quantisation, _ arrays: ParameterSet, _ builder: GraphBuilder) {
    (self.graph, self.quantisation, self.arrays, self.builder) = (graph, quantisation, arrays, builder)
    for (index, node) in graph.nodes.enumerated() {
      for input in node.inputs { readers[input, default: []].append(index) }
    }
    results = Set(graph.outputs.map(\.value))
  }

  func run() {
    for (index, node) in graph.nodes.enumerated() where node.leaf == nil {
      builder.within(node.scope) { visit(index, node) }
    }
    for (name, value) in graph.outputs {
      builder.within(graph.nodes[value.node].scope) { builder.output(name, numbers(value)) }
    }
  }

  /// Whether this value is read once and is no output, so that what reads it may be part of the layer that gives it.
  private func isReadOnce(_ id: ValueID) -> Bool { readers[id]?.count == 1 && !results.contains(id) }

  private func visit(_ index: Int, _ node: Graph.Node) {
    let id = ValueID(node: index)
    if let layer = layer(index, node) ?? joined(node) {
      forms[id] = Forms(layer: layer)
      return
    }
    // These are made of codes where codes are asked for.
    if passedOn(index) != nil { return }
    guard let primitive = node.primitive else { return }
    compute(index, node, primitive)
  }

  /// Adds a node as it stands, on numbers; one that works place by place, with channels last where its inputs are so.
  private func compute(_ index: Int, _ node: Graph.Node, _ primitive: any Primitive) {
    let isPlacewise = primitive is any ElementwisePrimitive && node.outputs[0].shape.rank == 4
    if isPlacewise, node.inputs.contains(where: { forms[$0]?.layer != nil || forms[$0]?.channelsLast != nil })
    {
      let made = builder.applyAll(primitive, node.inputs.map(channelsLast))
      forms[ValueID(node: index)] = Forms(channelsLast: made[0])
      return
    }
    let made = builder.applyAll(primitive, node.inputs.map(numbers))
    for output in node.outputs.indices {
      forms[ValueID(node: index, output: output)] = Forms(numbers: made[output])
    }
  }

  // MARK: Layers

  /// The node as a layer of integers; `nil` where it is none.
  private func layer(_ index: Int, _ node: Graph.Node) -> Layer? {
    guard let scales = scales(of: index), let name = graph.weight(of: index), let weight = arrays[name],
      let codes = quantisation.codes(name, of: weight)
    else { return nil }
    let (hasBias, rectifies, windows): (Bool, Bool, ConvolutionWindows?)
    switch node.primitive {
    case let affine as Affine: (hasBias, rectifies, windows) = (affine.hasBias, affine.rectifies, nil)
    case let convolution as CoppiceAutodiff.Convolution:
      (hasBias, rectifies, windows) = (convolution.hasBias, convolution.rectifies, convolution.windows)
    default: return nil
    }
    var biases = [Float](repeating: 0, count: weight.shape[0])
    if hasBias {
      guard let bias = array(node.inputs[2]) else { return nil }
      biases = bias.scalars
    }
    let (x, places) = self.codes(node.inputs[0], scales.input)
    let quantised = QuantisedWeight(
      weight.shape, codes, inputZero: scales.inputZero,
      scales: scales.weight.map { $0 * scales.inputScale }, biases: biases
    ).takingPlacesFirst(places)
    return Layer(
      x: x, scope: node.scope, weight: quantised, windows: windows, activation: rectifies ? .relu : .none)
  }

  /// The scales of a node that becomes a layer of integers; `nil` where it does not.
  private func scales(of index: Int) -> Quantisation.LayerScales? {
    let node = graph.nodes[index]
    let isWhole: Bool
    switch node.primitive {
    case is Affine: isWhole = node.outputs[0].shape.rank < 4
    case let convolution as CoppiceAutodiff.Convolution: isWhole = convolution.windows.groups == 1
    default: isWhole = false
    }
    guard isWhole, let name = graph.weight(of: index), let scales = quantisation[name],
      scales.hasIntegerInput,
      arrays[name].map({ QuantisedWeight.fits($0.shape) && $0.shape == graph.type(of: node.inputs[1]).shape })
        ?? false
    else { return nil }
    return scales
  }

  private func array(_ id: ValueID) -> Tensor? {
    graph.nodes[id.node].leaf?.name.flatMap { arrays[$0] }
  }

  /// The layer that this node reads and becomes part of.
  private func joined(_ node: Graph.Node) -> Layer? {
    switch node.primitive {
    case let normalization as CoppiceAutodiff.BatchNormalization.Inference:
      return pending(node.inputs[0]).flatMap { normalized($0, node, normalization.epsilon) }
    case is ReLU: return activated(node, .relu)
    case is ReLU6: return activated(node, .relu6)
    case is GELU: return activated(node, .gelu)
    case is Add:
      // Of two, the later one: its sum is then the last thing that is missing.
      guard node.inputs[0] != node.inputs[1] else { return nil }
      for place in [0, 1].sorted(by: { node.inputs[$0].node > node.inputs[$1].node }) {
        guard var layer = pending(node.inputs[place]), layer.residual == nil, layer.activation == .none
        else { continue }
        let other = node.inputs[1 - place]
        layer.residual = layer.windows == nil ? numbers(other) : channelsLast(other)
        return layer
      }
      return nil
    default: return nil
    }
  }

  /// A layer that is read here alone.
  private func pending(_ id: ValueID) -> Layer? { isReadOnce(id) ? forms[id]?.layer : nil }

  private func activated(_ node: Graph.Node, _ activation: QuantisedActivation) -> Layer? {
    guard var layer = pending(node.inputs[0]), layer.activation == .none else { return nil }
    layer.activation = activation
    return layer
  }

  private func normalized(_ layer: Layer, _ node: Graph.Node, _ epsilon: Float) -> Layer? {
    guard layer.windows != nil, layer.residual == nil, layer.activation == .none,
      let gamma = array(node.inputs[1]), let beta = array(node.inputs[2]), let mean = array(node.inputs[3]),
      let variance = array(node.inputs[4])
    else { return nil }
    var (scales, biases) = (layer.weight.scales, layer.weight.biases)
    for row in scales.indices {
      let factor =
        Double(gamma.scalars[row]) / (Double(variance.scalars[row]) + Double(epsilon)).squareRoot()
      scales[row] = Float(Double(scales[row]) * factor)
      biases[row] = Float(
        (Double(biases[row]) - Double(mean.scalars[row])) * factor + Double(beta.scalars[row]))
    }
    let weight = layer.weight
    var result = layer
    result.weight = QuantisedWeight(
      weight.shape, weight.codes, inputZero: weight.inputZero, scales: scales, biases: biases)
    return result
  }

  /// Adds a layer to the graph.
  private func add(_ layer: Layer, output: AffineCode?) -> Value {
    builder.within(layer.scope) {
      let finish = QuantisedFinish(layer.activation, output: output)
      guard let windows = layer.windows else {
        let affine = QuantisedAffine(layer.weight, hasResidual: layer.residual != nil, finish)
        return builder.applyAll(affine, [layer.x] + (layer.residual.map { [$0] } ?? []))[0]
      }
      let convolution = QuantisedConvolution(
        layer.weight, windows, hasResidual: layer.residual != nil, finish)
      return builder.applyAll(convolution, [layer.x] + (layer.residual.map { [$0] } ?? []))[0]
    }
  }

  // MARK: Forms

  /// The numbers of a value as the graph has them.
  private func numbers(_ id: ValueID) -> Value {
    if let known = forms[id]?.numbers { return known }
    let value: Value
    if let leaf = graph.nodes[id.node].leaf {
      value = self.leaf(leaf, graph.nodes[id.node].outputs[0])
    } else if forms[id]?.layer != nil || forms[id]?.channelsLast != nil {
      let isPlane = graph.type(of: id).shape.rank == 4
      value = isPlane ? channelsLast(id).transposed([0, 3, 1, 2]) : floats(id)
    } else {
      let node = graph.nodes[id.node]
      guard let primitive = node.primitive else { return builder.poison[0] }
      compute(id.node, node, primitive)
      return numbers(id)
    }
    forms[id, default: Forms()].numbers = value
    return value
  }

  private func leaf(_ leaf: Graph.Leaf, _ type: ValueType) -> Value {
    switch leaf {
    case .input(let name): builder.input(name, type.shape, type.element)
    case .parameter(let name): builder.parameter(name, type.shape)
    case .state(let name, let initial): builder.state(name, type.shape, initial: initial)
    case .constant(let number): builder.constant(number, type.shape)
    }
  }

  /// The numbers `[batch, height, width, channels]` of a value with channels.
  private func channelsLast(_ id: ValueID) -> Value {
    if let known = forms[id]?.channelsLast { return known }
    guard forms[id]?.layer == nil else { return floats(id) }
    let value = numbers(id).transposed([0, 2, 3, 1])
    forms[id, default: Forms()].channelsLast = value
    return value
  }

  /// The numbers that a layer gives.
  private func floats(_ id: ValueID) -> Value {
    guard let layer = forms[id]?.layer else { return builder.poison[0] }
    let value = add(layer, output: nil)
    if layer.windows == nil { forms[id]?.numbers = value } else { forms[id]?.channelsLast = value }
    return value
  }

  /// The codes of a value, channels last, and how many places its channels have where they were merged with these.
  private func codes(_ id: ValueID, _ code: AffineCode) -> (value: Value, places: Int) {
    if let known = forms[id]?.codes.first(where: { $0.code == code }) { return (known.value, known.places) }
    let made = madeCodes(id, code)
    forms[id, default: Forms()].codes.append((code, made.value, made.places))
    return made
  }

  private func madeCodes(_ id: ValueID, _ code: AffineCode) -> (value: Value, places: Int) {
    if let layer = forms[id]?.layer, forms[id]?.numbers == nil, forms[id]?.channelsLast == nil,
      onlyCode(of: id) == code
    {
      return (add(layer, output: code), 1)
    }
    if let (source, passage) = passedOn(id.node), onlyCode(of: id) == code, forms[id]?.numbers == nil {
      let before = codes(source, code)
      switch passage {
      case .pool(let windows): return (builder.apply(QuantisedMaxPool(windows), before.value), 1)
      case .flatten(let places): return (before.value.flattened(from: 1), places)
      }
    }
    if graph.type(of: id).shape.rank == 4 {
      if forms[id]?.layer != nil || forms[id]?.channelsLast != nil {
        return (builder.apply(Quantise(code), channelsLast(id)), 1)
      }
      return (builder.apply(Quantise(code, movingChannels: true), numbers(id)), 1)
    }
    return (builder.apply(Quantise(code), numbers(id)), 1)
  }

  /// What passes codes through.
  private enum Passage {
    case pool(PoolingWindows)
    /// All axes but the first become one; each channel has so many places.
    case flatten(places: Int)
  }

  /// What a node passes on, and how, where its readers take codes alone and its source can give them.
  private func passedOn(_ index: Int) -> (source: ValueID, Passage)? {
    let node = graph.nodes[index]
    guard let source = node.inputs.first, onlyCode(of: ValueID(node: index)) != nil,
      forms[source]?.layer != nil || passedOn(source.node) != nil
    else { return nil }
    switch node.primitive {
    case let pool as CoppiceAutodiff.MaxPool: return (source, .pool(pool.windows))
    case let merge as MergeAxes:
      let shape = graph.type(of: source).shape
      guard shape.rank == 4, merge.axis == 1, merge.count == 3 else { return nil }
      return (source, .flatten(places: shape[2] * shape[3]))
    default: return nil
    }
  }

  /// The one code that all readers of a value take; `nil` where some want numbers or other codes.
  private func onlyCode(of id: ValueID) -> AffineCode? {
    guard !results.contains(id), let readers = readers[id], !readers.isEmpty else { return nil }
    var code: AffineCode?
    for reader in readers {
      let node = graph.nodes[reader]
      let wanted: AffineCode?
      if let scales = scales(of: reader) {
        wanted = node.inputs.firstIndex(of: id) == 0 ? scales.input : nil
      } else if node.primitive is CoppiceAutodiff.MaxPool {
        wanted = onlyCode(of: ValueID(node: reader))
      } else if let merge = node.primitive as? MergeAxes, merge.axis == 1, merge.count == 3,
        graph.type(of: id).shape.rank == 4
      {
        wanted = onlyCode(of: ValueID(node: reader))
      } else {
        wanted = nil
      }
      guard let wanted, code == nil || code == wanted else { return nil }
      code = wanted
    }
    return code
  }
}
