import CoppiceAutodiff
import CoppiceTensors

extension Network {
  /// What a layer gives of a batch in two networks of this kind, in evaluation mode: this one, and one whose parameters and buffers are
  /// input leaves under `reference/`. Further leaves: `inputs`, `labels`, parameters, buffers. With rows x that the layer's filters are
  /// multiplied by here, and r what comes out in front of the rectifier there, less what comes out here, the outputs are sums over the
  /// batch, its positions and every place where the weight is read:
  ///
  /// - `difference`: Σ r, `[out]`, where the layer has a bias;
  /// - `inputs`: Σ x in every row, shaped like the weight, where the layer has a bias and rows are asked for;
  /// - `cross`: Σ r xᵀ, shaped like the weight, where rows are asked for;
  /// - `products`: Σ x xᵀ, `[groups, in, in]`, where rows are asked for.
  ///
  /// - Parameter rows: whether what a weight is solved from is asked for, and not only what a bias is.
  /// - Returns: the graph, how many rows x of one group are summed over, and the name of the bias, if there is one.
  func differenceGraph(
    of layer: String, batch: Int, rows: Bool
  ) throws -> (graph: Graph, rows: Int, bias: String?) {
    let forward = try forward(batch: batch, isTraining: false).withoutUpdates
    var (count, bias) = (0, String?.none)
    let graph = try Graph.trace { builder in
      _ = builder.labels(interface, batch: batch)
      let here = sites(forward, builder.replay(forward)).filter { $0.parameter == layer }
      let other = builder.replay(forward, prefix: "reference/") { leaf, type in
        guard let name = leaf.name else { return nil }
        return builder.input(name == "inputs" ? name : "reference/\(name)", type.shape, type.element)
      }
      let there = sites(forward, other).filter { $0.parameter == layer }
      var sums: [(name: String, value: Value)] = []
      func add(_ name: String, _ value: Value?) {
        guard let value else { return }
        if let known = sums.firstIndex(where: { $0.name == name }) {
          sums[known].value = sums[known].value + value
        } else {
          sums.append((name, value))
        }
      }
      for (site, reference) in zip(here, there) {
        guard let output = site.preactivation, let wanted = reference.preactivation else { continue }
        let difference = wanted - output
        count += output.shape.count / max(1, site.weight.shape[0])
        bias = forward.bias(of: layer)
        // An output is linear in weight and bias, so that its derivative along r has these sums.
        let leaves = Array(site.inputs.dropFirst())
        let along = builder.gradients(of: [output], seeds: [difference], wrt: leaves)
        if bias != nil { add("difference", along[1]) }
        guard rows else { continue }
        add("cross", along[0])
        add("products", site.inputProducts)
        guard bias != nil else { continue }
        let ones = builder.constant(1, output.shape)
        add("inputs", builder.gradients(of: [output], seeds: [ones], wrt: leaves)[0])
      }
      for (name, value) in sums { builder.output(name, value) }
    }.simplified
    return (graph, count, bias)
  }

  /// The layers whose weights are multiplied somewhere, in the order of the network, each once, and their biases where they have some.
  package func multipliedLayers() throws -> [(weight: String, bias: String?)] {
    let forward = try forward(batch: 1, isTraining: false)
    let prunable = Set(prunable)
    var met: Set<String> = []
    return forward.nodes.indices.compactMap { index in
      guard forward.nodes[index].primitive is any WeightProduct, let name = forward.weight(of: index),
        prunable.contains(name), met.insert(name).inserted
      else { return nil }
      return (name, forward.bias(of: name))
    }
  }
}

extension Graph {
  /// The parameter that is added to what a weight gives, wherever it is read; `nil` where there is none.
  fileprivate func bias(of weight: String) -> String? {
    guard
      let index = nodes.indices.first(where: {
        nodes[$0].primitive is any WeightProduct && self.weight(of: $0) == weight
      }), nodes[index].inputs.count > 2,
      case .parameter(let name)? = nodes[nodes[index].inputs[2].node].leaf
    else { return nil }
    return name
  }
}
