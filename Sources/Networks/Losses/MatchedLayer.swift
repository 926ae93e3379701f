import CoppiceAutodiff

/// A layer whose activations a loss compares in two networks.
package enum MatchedLayer: Hashable, Sendable {
  /// What the last layer is given.
  case last
  /// What the layer of that name gives.
  case named(String)

  /// The layer of a text, `last` or a name.
  init(_ text: String) { self = text == "last" ? .last : .named(text) }
}

extension Graph {
  /// The activations of a layer in this forward graph; `nil` where it has no such layer.
  func activations(of layer: MatchedLayer) -> ValueID? {
    let products = nodes.indices.filter { nodes[$0].primitive is any WeightProduct && weight(of: $0) != nil }
    switch layer {
    case .last: return products.last.map { nodes[$0].inputs[0] }
    case .named(let name):
      // Of a layer that is a product of two, the second gives what the layer gives.
      let weights = ["\(name).weight", Factorised.names(of: "\(name).weight").up, name]
      let index = products.first { weight(of: $0).map(weights.contains) == true }
      return index.map { ValueID(node: $0) }
    }
  }
}
