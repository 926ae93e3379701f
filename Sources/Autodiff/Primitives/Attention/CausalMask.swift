import CoppiceTensors

/// `y[…, i, j] = x[…, i, j]` where j ≤ i, else the number `hidden`: what a query may see of the keys up to its own place.
/// The hidden score is great and negative but finite: its softmax is 0 all the same, and no product with it is NaN.
package struct CausalMask: Primitive {
  package static let name = "causal-mask"
  package let hidden: Float

  package init(hidden: Float) { self.hidden = hidden }

  package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
    guard inputs.count == 1, inputs[0].element == .float32, inputs[0].shape.rank >= 2 else {
      throw ShapeError("takes scores […, queries, keys], not \(inputs.listed)")
    }
    return inputs
  }

  package func kernel(for signature: Signature) -> Kernel {
    let (queries, keys, hidden) = (signature.input(0)[-2], signature.input(0)[-1], hidden)
    return Kernel(units: signature.input(0).count / max(1, keys)) { arguments, range in
      let (input, output) = (arguments.input(0), arguments.output())
      for row in range {
        let (start, seen) = (row * keys, min(row % queries + 1, keys))
        if input != UnsafePointer(output) { (output + start).update(from: input + start, count: seen) }
        (output + start + seen).update(repeating: hidden, count: keys - seen)
      }
    }
  }

  package func flops(for signature: Signature) -> Int { 0 }

  package var donations: [(input: Int, output: Int)] { [(0, 0)] }

  package func pullback(_ call: PullbackCall) -> [Value?] {
    guard let g = call.gradient else { return [nil] }
    return [g.builder.apply(CausalMask(hidden: 0), g)]
  }

  package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
    var output = inputs[0]
    for place in ReferenceArray.coordinates(of: output.shape)
    where place[place.count - 1] > place[place.count - 2] {
      output[place] = Double(hidden)
    }
    return [output]
  }

  package static let samples = [
    Sample(CausalMask(hidden: 0), .uniform([2, 5, 5])), Sample(CausalMask(hidden: -3), .uniform([4, 7])),
    Sample(CausalMask(hidden: 0.5), .uniform([7, 3])),
  ]
}

extension Value {
  /// Scores `[…, queries, keys]` in which no query sees a key behind its own place: ready for a softmax.
  public var causallyMasked: Value { builder.apply(CausalMask(hidden: -1e30), self) }
}

extension CausalMask: AxisTied {
  /// All but queries and keys, which are told apart by their places.
  package func ties(for signature: Signature) -> [AxisTie] {
    AxisTie.same(signature.output().axes.indices.dropLast(2))
  }
}

extension CausalMask: PathPrimitive {
  /// What is hidden is hidden from paths.
  package func reach(_ inputs: [Reach], _ signature: Signature) -> [Reach] {
    [inputs[0].mapped { $0.builder.apply(CausalMask(hidden: 0), $0) }.filled(of: signature.output())]
  }
}

extension CausalMask: ExportablePrimitive {
  package func operators(_ call: inout OperatorCall) -> [Operand] {
    let scores = call.signature.input(0), (queries, keys) = (scores[-2], scores[-1])
    let isSeen = (0..<queries).flatMap { query in (0..<keys).map { $0 <= query } }
    return [call.apply("Where", [.flags([queries, keys], isSeen), call.inputs[0], .number(hidden)])]
  }
}
