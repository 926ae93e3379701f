import CoppiceAutodiff
import CoppiceTensors
import CoppiceTerms

/// A network whose prunable weights hold still and are read with low-rank adapters beside them,
///
///     W + mask ⊙ (B · A), A [rank, in], B [out, rank]
///
/// of which A is drawn and B begins at 0, so that the network begins as it is. Only the adapters are trained. A filter of a convolution
/// counts as a row, `[out, in · height · width]`. Under its mask a weight that is pruned stays 0, whatever the adapters are.
///
/// E. Hu et al., "LoRA: low-rank adaptation of large language models", ICLR 2022, without the mask and scaled by α / rank, here 1. Under
/// masks: M. Zimmer et al., "PERP: rethinking the prune-retrain paradigm in the era of LLMs", 2023.
package struct Adapted: NetworkRewrite {
  /// The rank of each adapter.
  package let rank: Int
  /// The weights that have one.
  package let weights: [String]
  /// Those of them whose adapter is under the mask of its weight.
  package let masked: [String]

  /// The adapters of some weights.
  package init(rank: Int, of weights: [String], masked: [String]) {
    (self.rank, self.weights, self.masked) = (rank, weights, masked)
  }

  package var specification: Specification {
    Specification(
      "adapted", version: 1,
      [
        ("rank", .integer(rank)), ("weights", .list(weights.map { .text($0) })),
        ("masked", .list(masked.map { .text($0) })),
      ])
  }

  /// The names of an adapter's arrays.
  package static func names(of weight: String) -> (a: String, b: String) {
    ("\(weight).adapter_a", "\(weight).adapter_b")
  }

  package func apply(to network: Network) throws -> Network {
    let adapted = Set(weights)
    let own = network.declarations.map { declaration in
      var declaration = declaration
      declaration.isTrained = false
      return declaration
    }
    let new = network.declarations.filter { adapted.contains($0.name) }.flatMap { weight in
      let names = Self.names(of: weight.name)
      return [
        ParameterDeclaration(names.a, [rank, weight.shape.rowLength], .kaimingUniform),
        ParameterDeclaration(names.b, [weight.shape[0], rank], .zeros),
      ]
    }
    return try network.rewritten(by: self, declarations: own + new) { graph, _ in
      try graph.rewritten { builder, leaf, type in
        guard case .parameter(let name) = leaf, adapted.contains(name) else { return nil }
        return builder.parameter(name, type.shape) + self.addition(builder, name, type.shape)
      }
    }
  }

  /// What an adapter adds to its weight.
  private func addition(_ builder: GraphBuilder, _ weight: String, _ shape: Shape) -> Value {
    builder.within("\(weight).adapter") {
      let names = Self.names(of: weight)
      let product = builder.parameter(names.b, [shape[0], rank])
        .product(builder.parameter(names.a, [rank, shape.rowLength]))
      let whole = shape.rank == 2 ? product : product.splittingAxis(1, into: Array(shape.axes.dropFirst()))
      return masked.contains(weight)
        ? whole.masked(by: builder.input("mask/\(weight)", shape, .byte)) : whole
    }
  }

  /// The same network with what the adapters add in the weights, and adapters whose B is 0. A weight to which nothing is added keeps its
  /// bits, and so merging again changes none.
  ///
  /// - Parameter masks: what survives; pruned weights whose adapter is masked become +0.
  package func merged(_ parameters: ParameterSet, under masks: MaskSet?) -> ParameterSet {
    var result = parameters
    for name in weights {
      let names = Self.names(of: name)
      guard var weight = parameters[name], let a = parameters[names.a], let b = parameters[names.b] else {
        continue
      }
      let (mask, width) = (masked.contains(name) ? masks?[name] : nil, weight.shape.rowLength)
      for index in weight.scalars.indices {
        if let mask, mask.bytes[index] == 0 {
          weight.scalars[index] = 0
          continue
        }
        let (row, column) = (index / width, index % width)
        var sum: Float = 0
        for k in 0..<rank { sum.addProduct(b.scalars[row * rank + k], a.scalars[k * width + column]) }
        if sum != 0 { weight.scalars[index] += sum }
      }
      result[name] = weight
      result[names.b] = Tensor(repeating: 0, b.shape)
    }
    return result
  }

  /// The parameters of the network without its adapters.
  package func withoutAdapters(_ parameters: ParameterSet) -> ParameterSet {
    let gone = Set(weights.flatMap { [Self.names(of: $0).a, Self.names(of: $0).b] })
    return ParameterSet(parameters.filter { !gone.contains($0.name) })
  }
}

extension Shape {
  /// The elements of a row of a weight `[out, in, …]`.
  var rowLength: Int { axes.dropFirst().product }
}
