import CoppiceTensors

/// The way of the units that a weight makes to the weights that read them. On it every unit is by itself, so that one can stand for
/// another: a unit u gives f(aᵤ · x + bᵤ), the same f for all, and a reader adds up what it makes of all units by weights of its own.
package struct UnitPassage: Sendable {
  /// A batch normalisation by known statistics, in front of f: the names of its vectors.
  package struct Normalization: Hashable, Sendable {
    package let scale: String
    package let shift: String
    package let mean: String
    package let variance: String
    package let epsilon: Float
  }

  /// A weight that reads the units.
  package struct Reader: Sendable {
    /// The weight, `[out, places, …]`.
    package let parameter: String
    /// The bias that is added to what it makes; `nil` where there is none.
    package let bias: String?
    /// The running mean that is taken away from what it makes, where there is no bias; `nil` where there is none.
    package let mean: String?
    /// For each unit, the places along axis 1 that read it, ascending: of every unit as many.
    package let places: [[Int]]
    /// Whether zeros stand around what it reads.
    package let isPadded: Bool
    /// f, one primitive after the other.
    let steps: [(primitive: any UnitwisePrimitive, signature: Signature)]

    /// Whether f(s · x) = s · f(x) for every s > 0.
    package var isPositivelyHomogeneous: Bool { steps.allSatisfy { $0.primitive.isPositivelyHomogeneous } }

    /// f of a unit that is one number everywhere; `nil` where that is not one number, or not known.
    package func constant(_ number: Double) -> Double? {
      steps.reduce(number) { number, step in
        number.flatMap { step.primitive.constant($0, for: step.signature) }
      }
    }
  }

  /// The weight that makes the units, one a row.
  package let weight: String
  /// The bias that is added; `nil` where there is none.
  package let bias: String?
  /// The node that makes the units: passages in this order run from the input to the output.
  package let node: Int
  /// How many units there are.
  package let count: Int
  /// What normalises them, in order.
  package internal(set) var normalizations: [Normalization] = []
  /// What reads them, in the order of the graph.
  package internal(set) var readers: [Reader] = []

  /// Whether f(s · x) = s · f(x) for every s > 0, for every reader.
  package var isPositivelyHomogeneous: Bool { readers.allSatisfy(\.isPositivelyHomogeneous) }
}

/// Why no unit of a weight can stand for another.
package struct PassageObstacle: Error, Hashable {
  /// Said of the units: "a sum in blocks.0 takes them together with others".
  package let reason: String
}

extension Graph {
  /// The way of the units that a weight makes, in a forward graph for evaluation.
  package func passage(of parameter: String) -> Result<UnitPassage, PassageObstacle> {
    do { return .success(try PassageWalk(self).passage(of: parameter)) } catch { return .failure(error) }
  }

  /// The ways of the units that some weights make, by the weight's name.
  package func passages(of parameters: [String]) -> [String: Result<UnitPassage, PassageObstacle>] {
    let walk = PassageWalk(self)
    var found: [String: Result<UnitPassage, PassageObstacle>] = [:]
    for parameter in parameters {
      do { found[parameter] = .success(try walk.passage(of: parameter)) } catch {
        found[parameter] = .failure(error)
      }
    }
    return found
  }
}

/// The walk from a weight along all readers of its units.
private struct PassageWalk {
  let graph: Graph
  /// The nodes that read a value, once for each input.
  private var readers: [ValueID: [Int]] = [:]

  /// Units on their way.
  private struct Way {
    let value: ValueID
    let axis: Int
    /// The unit at each place along the axis.
    let units: [Int]
    var steps: [(primitive: any UnitwisePrimitive, signature: Signature)] = []
    /// Whether f has begun.
    var isBehindFunction = false
  }

  init(_ graph: Graph) {
    self.graph = graph
    for (index, node) in graph.nodes.enumerated() {
      for input in node.inputs { readers[input, default: []].append(index) }
    }
  }

  func passage(of parameter: String) throws(PassageObstacle) -> UnitPassage {
    guard let leaf = graph.nodes.firstIndex(where: { $0.leaf == .parameter(parameter) }) else {
      throw PassageObstacle(reason: "there is no such weight")
    }
    let (index, product) = try soleProduct(ValueID(node: leaf))
    let node = graph.nodes[index]
    guard product.isWhole else {
      throw PassageObstacle(reason: "\(place(index)) has groups that do not see the same inputs")
    }
    let ties = product.ties(for: graph.signature(of: index))
    guard
      let axis = ties.first(where: { $0.first == .input(1, axis: 0) && $0.second.port == .output(0) })?.second
        .axis
    else { throw PassageObstacle(reason: "\(place(index)) makes no row of the weight a unit") }
    let count = graph.nodes[leaf].outputs[0].shape[0]
    var passage = UnitPassage(
      weight: parameter, bias: try bias(of: product, index), node: index, count: count)
    var way = Way(value: ValueID(node: index), axis: axis, units: Array(0..<count))
    if product.rectifies {
      let type = node.outputs[0]
      way.steps.append((ReLU(), Signature(inputs: [type], outputs: [type])))
      way.isBehindFunction = true
    }
    try follow(way, &passage)
    return passage
  }

  /// The product that alone reads a weight.
  private func soleProduct(_ leaf: ValueID) throws(PassageObstacle) -> (Int, any WeightProduct) {
    guard let readers = readers[leaf], readers.count == 1, let index = readers.first else {
      throw PassageObstacle(reason: "the weight is read in several places")
    }
    guard let product = graph.nodes[index].primitive as? any WeightProduct,
      graph.nodes[index].inputs[1] == leaf
    else {
      throw PassageObstacle(reason: "\(place(index)) reads the weight, and is no linear layer or convolution")
    }
    return (index, product)
  }

  /// The bias of a product, read nowhere else.
  private func bias(of product: any WeightProduct, _ index: Int) throws(PassageObstacle) -> String? {
    guard product.hasBias else { return nil }
    return try own(graph.nodes[index].inputs[2], of: index)
  }

  /// The name of a leaf that one node alone reads.
  private func own(_ value: ValueID, of index: Int) throws(PassageObstacle) -> String {
    guard let name = graph.nodes[value.node].leaf?.name, readers[value]?.count == 1 else {
      throw PassageObstacle(reason: "\(place(index)) shares its vectors with others")
    }
    return name
  }

  private func follow(_ way: Way, _ passage: inout UnitPassage) throws(PassageObstacle) {
    if let output = graph.outputs.first(where: { $0.value == way.value }) {
      throw PassageObstacle(reason: "they reach the output \(output.name)")
    }
    let readers = readers[way.value] ?? []
    for index in readers {
      let node = graph.nodes[index]
      if let product = node.primitive as? any WeightProduct, node.inputs[0] == way.value {
        passage.readers.append(try reader(product, index, of: way, count: passage.count))
      } else if let primitive = node.primitive as? BatchNormalization.Inference, node.inputs[0] == way.value {
        guard readers.count == 1, !way.isBehindFunction else {
          throw PassageObstacle(
            reason: way.isBehindFunction
              ? "\(place(index)) normalises them behind an activation"
              : "\(place(index)) is not alone in reading them")
        }
        let names = try node.inputs.dropFirst().map { value throws(PassageObstacle) in
          try own(value, of: index)
        }
        passage.normalizations.append(
          UnitPassage.Normalization(
            scale: names[0], shift: names[1], mean: names[2], variance: names[3],
            epsilon: primitive.epsilon))
        try follow(Way(value: ValueID(node: index), axis: way.axis, units: way.units), &passage)
      } else if let primitive = node.primitive as? any UnitwisePrimitive {
        try follow(try behind(primitive, index, way), &passage)
      } else {
        throw PassageObstacle(
          reason: node.primitive is Add || node.primitive is Concatenate
            ? "\(place(index)) takes them together with others" : "\(place(index)) does not leave them apart")
      }
    }
  }

  /// A weight that reads units, at the end of the way.
  private func reader(
    _ product: any WeightProduct, _ index: Int, of way: Way, count: Int
  ) throws(PassageObstacle) -> UnitPassage.Reader {
    let node = graph.nodes[index]
    let signature = graph.signature(of: index)
    guard product.isWhole,
      product.ties(for: signature).contains(where: {
        $0.first == .input(0, axis: way.axis) && $0.second == .input(1, axis: 1) && $0.pairs == nil
      })
    else {
      throw PassageObstacle(
        reason: product.isWhole
          ? "\(place(index)) does not add them up" : "\(place(index)) has groups that do not see all of them")
    }
    guard let name = graph.nodes[node.inputs[1].node].leaf?.name, readers[node.inputs[1]]?.count == 1 else {
      throw PassageObstacle(reason: "\(place(index)) reads them with a weight that is read elsewhere too")
    }
    var places = [[Int]](repeating: [], count: count)
    for (place, unit) in way.units.enumerated() { places[unit].append(place) }
    let bias = try bias(of: product, index)
    return UnitPassage.Reader(
      parameter: name, bias: bias, mean: bias == nil && !product.rectifies ? mean(behind: index) : nil,
      places: places, isPadded: product.isPadded, steps: way.steps)
  }

  /// The running mean of the normalisation that alone reads what a node gives.
  private func mean(behind index: Int) -> String? {
    guard let readers = readers[ValueID(node: index)], readers.count == 1,
      graph.nodes[readers[0]].primitive is BatchNormalization.Inference,
      graph.nodes[readers[0]].inputs[0] == ValueID(node: index)
    else { return nil }
    let mean = graph.nodes[readers[0]].inputs[3]
    guard case .state(let name, _)? = graph.nodes[mean.node].leaf, self.readers[mean]?.count == 1 else {
      return nil
    }
    return name
  }

  /// The units behind a primitive that does the same to each.
  private func behind(
    _ primitive: any UnitwisePrimitive, _ index: Int, _ way: Way
  ) throws(PassageObstacle) -> Way {
    let signature = graph.signature(of: index)
    guard graph.nodes[index].inputs.count == 1 else {
      throw PassageObstacle(reason: "\(place(index)) takes them together with others")
    }
    let partition = AxisPartition(primitive, signature)
    var units: [Int: Int] = [:]
    for (component, unit) in zip(partition.components(0, axis: way.axis), way.units) {
      guard units.updateValue(unit, forKey: component).map({ $0 == unit }) ?? true else {
        throw PassageObstacle(reason: "\(place(index)) does not leave them apart")
      }
    }
    for axis in signature.output().axes.indices {
      let found = partition.components(1, axis: axis).compactMap { units[$0] }
      guard found.count == signature.output()[axis], Set(found).count == Set(way.units).count else {
        continue
      }
      var next = Way(value: ValueID(node: index), axis: axis, units: found, steps: way.steps)
      next.steps.append((primitive, signature))
      next.isBehindFunction = true
      return next
    }
    throw PassageObstacle(reason: "\(place(index)) does not leave them apart")
  }

  private func place(_ index: Int) -> String {
    let node = graph.nodes[index]
    return (node.primitive?.name ?? "a leaf") + (node.scope.isEmpty ? "" : " in \(node.scope)")
  }
}
