import CoppiceAutodiff
import CoppiceTensors
import CoppiceTerms

/// A network of which some weights are products of two smaller ones. A linear layer `[out, in]` becomes one to `rank` features without
/// bias and one back, `fc1.down.weight` `[rank, in]` and `fc1.up.weight` `[out, rank]`. A convolution becomes one to `rank` channels with
/// its own windows and one of single places, `conv1.down.weight` `[rank, in, height, width]` and `conv1.up.weight` `[out, rank, 1, 1]`:
/// its filters as rows. Biases and rectifiers stand behind the second.
///
/// E. Denton et al., "Exploiting linear structure within convolutional networks for efficient evaluation", NIPS 2014; X. Zhang et al.,
/// "Accelerating very deep convolutional networks for classification and detection", 2015, for filters as rows.
package struct Factorised: NetworkRewrite {
  /// The weights, and the ranks of their products.
  package let ranks: [(weight: String, rank: Int)]

  /// The network with these products in place of weights.
  package init(_ ranks: [(weight: String, rank: Int)]) { self.ranks = ranks }

  package var specification: Specification {
    Specification(
      "factorised", version: 1,
      [("ranks", .list(ranks.map { .list([.text($0.weight), .integer($0.rank)]) }))])
  }

  /// The names of the factors of a weight, `fc1.down.weight` and `fc1.up.weight` of `fc1.weight`.
  package static func names(of weight: String) -> (down: String, up: String) {
    let suffix = ".weight"
    let stem = weight.hasSuffix(suffix) ? String(weight.dropLast(suffix.count)) : weight
    return ("\(stem).down.weight", "\(stem).up.weight")
  }

  package func apply(to network: Network) throws -> Network {
    guard network.forms.isEmpty else {
      throw TraceError(primitive: specification.name, problem: "takes a network before its sparse form")
    }
    let ranks = Dictionary(ranks.map { ($0.weight, $0.rank) }, uniquingKeysWith: { first, _ in first })
    let known = Set(try network.factorisable().map(\.name))
    if let other = self.ranks.first(where: { !known.contains($0.weight) }) {
      throw TraceError(
        primitive: specification.name,
        problem:
          "\(other.weight) of \(network.model.name) is no weight of a linear layer or of a convolution of one group"
      )
    }
    let declarations = network.declarations.flatMap { whole -> [ParameterDeclaration] in
      guard let rank = ranks[whole.name] else { return [whole] }
      let (names, shapes) = (Self.names(of: whole.name), whole.shape.factors(rank: rank))
      return [(names.down, shapes.down), (names.up, shapes.up)].map { name, shape in
        ParameterDeclaration(
          name, shape, whole.initializer, isPrunable: whole.isPrunable, isTrained: whole.isTrained,
          training: whole.training)
      }
    }
    return try network.rewritten(by: self, declarations: declarations) { graph, _ in
      try graph.rewritten { builder, leaf, type in
        guard case .parameter(let name) = leaf, let rank = ranks[name] else { return nil }
        return builder.parameter(Self.names(of: name).down, type.shape.factors(rank: rank).down)
      } node: { builder, index, inputs in
        guard let name = graph.weight(of: index), let rank = ranks[name] else { return nil }
        let shape = graph.type(of: graph.nodes[index].inputs[1]).shape
        let up = builder.parameter(Self.names(of: name).up, shape.factors(rank: rank).up)
        return graph.nodes[index].primitive?.factorised(inputs, up: up)
      }
    }
  }

  /// The factors of the weights among parameters of the whole network.
  package func factors(of parameters: ParameterSet) -> ParameterSet { factors(of: parameters, check: {}) }

  /// The factors of the weights among parameters of the whole network, nearest to them, and all others as they are.
  ///
  /// - Parameter check: asked on the way; what it throws ends the work.
  package func factors(
    of parameters: ParameterSet, check: () throws -> Void
  ) rethrows -> ParameterSet {
    var result: [(name: String, tensor: Tensor)] = []
    for (name, tensor) in parameters {
      guard let rank = ranks.first(where: { $0.weight == name })?.rank else {
        result.append((name, tensor))
        continue
      }
      let (names, shapes) = (Self.names(of: name), tensor.shape.factors(rank: rank))
      let factors = try SingularValues(
        tensor.scalars.map(Double.init), rows: tensor.shape[0], columns: tensor.shape.rowLength, check: check
      ).factors(rank: rank)
      result.append((names.down, Tensor(shapes.down, factors.right.map { Float($0) })))
      result.append((names.up, Tensor(shapes.up, factors.left.map { Float($0) })))
    }
    return ParameterSet(result)
  }
}

extension Shape {
  /// The shapes of the factors of a weight `[out, in, …]`.
  fileprivate func factors(rank: Int) -> (down: Shape, up: Shape) {
    (
      Shape([rank] + axes.dropFirst()),
      Shape([self[0], rank] + axes.dropFirst(2).map { _ in 1 })
    )
  }
}

extension Primitive {
  /// A product with the first factor of its weight, its second input, and one with the second behind it.
  fileprivate func factorised(_ inputs: [Value], up: Value) -> [Value] {
    let builder = inputs[0].builder
    switch self {
    case let affine as Affine:
      let reduced = builder.apply(Affine(hasBias: false), inputs[0], inputs[1])
      return builder.applyAll(affine, [reduced, up] + inputs.dropFirst(2))
    case let convolution as CoppiceAutodiff.Convolution:
      let reduced = builder.apply(CoppiceAutodiff.Convolution(convolution.windows), inputs[0], inputs[1])
      let single = CoppiceAutodiff.Convolution(
        hasBias: convolution.hasBias, rectifies: convolution.rectifies)
      return builder.applyAll(single, [reduced, up] + inputs.dropFirst(2))
    default: return builder.poison
    }
  }
}

extension Factorised {
  /// The products that stand in the place of a network's weights among stored parameters; `nil` where none do.
  package init?(of network: Network, with parameters: ParameterSet) {
    let ranks = network.declarations.compactMap { declaration -> (weight: String, rank: Int)? in
      guard parameters[declaration.name] == nil,
        let down = parameters[Self.names(of: declaration.name).down], let rank = down.shape.axes.first
      else { return nil }
      return (declaration.name, rank)
    }
    if ranks.isEmpty { return nil }
    self.init(ranks)
  }
}
