import CKernels
import CoppiceTensors

/// Layer normalisation over the last axis (Ba, Kiros and Hinton 2016): `y = γ·(x − mean)·s + β`, `s = 1 / √(variance + ε)`, with
/// the statistics of each row. x and y `[…, n]`, γ and β `[n]`. Further outputs, both `[…]`: mean and s.
///
/// Where features were removed, the statistics are still those of the row as it was: of `extent` elements, the missing ones 0.
/// With γ and β of 0 for these, the wider network gives the same.
package struct LayerNormalization: FusedPrimitive, ExamplewisePrimitive {
  package static let name = "layer-normalization"
  package let epsilon: Float
  /// The elements that mean and variance are of, n or more; `nil` for n.
  package let extent: Int?

  package init(epsilon: Float, extent: Int? = nil) { (self.epsilon, self.extent) = (epsilon, extent) }

  package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
    guard inputs.count == 3, inputs.allSatisfy({ $0.element == .float32 }), inputs[0].shape.rank >= 1,
      inputs[0].shape.count > 0, inputs[1].shape == Shape([inputs[0].shape[-1]]), inputs[2] == inputs[1]
    else { throw ShapeError("takes rows […, n] and two arrays [n], not \(inputs.listed)") }
    if let extent, extent < inputs[0].shape[-1] {
      throw ShapeError("takes rows of \(extent) elements at most, not \(inputs.listed)")
    }
    let rows = ValueType(Shape(inputs[0].shape.axes.dropLast()))
    return [inputs[0], rows, rows]
  }

  package func kernel(for signature: Signature) -> Kernel {
    let (width, epsilon) = (signature.input(1)[0], epsilon)
    let extent = extent ?? width
    return Kernel(units: signature.output(1).count) { arguments, range in
      let (row, offset) = (range.lowerBound, range.lowerBound * width)
      ck_layer_norm(
        range.count, width, extent, epsilon, arguments.input(0) + offset, arguments.input(1),
        arguments.input(2),
        arguments.output(0) + offset, arguments.output(1) + row, arguments.output(2) + row)
    }
  }

  package func examplewiseInputs(for signature: Signature) -> [Int]? {
    signature.input(0).rank > 1 ? [0] : nil
  }

  package func flops(for signature: Signature) -> Int { 7 * signature.input(0).count }

  package var donations: [(input: Int, output: Int)] { [(0, 0)] }

  package func definition(_ inputs: [Value]) -> [Value] {
    let rows = RowStatistics(of: inputs[0], epsilon: epsilon, extent: extent)
    return [rows.normalized * inputs[1] + inputs[2], rows.mean, rows.inverse]
  }

  package func pullback(_ call: PullbackCall) -> [Value?] {
    guard let g = call.gradients[0], call.gradients.dropFirst().allSatisfy({ $0 == nil }) else {
      return pullbackOfDefinition(call)
    }
    let (x, gamma, mean, inverse) = (call.inputs[0], call.inputs[1], call.outputs[1], call.outputs[2])
    let ofParameters = g.builder.applyAll(
      ParameterGradient(epsilon: epsilon, extent: extent), [g, x, mean, inverse])
    return [
      g.builder.apply(Gradient(epsilon: epsilon, extent: extent), g, x, gamma, mean, inverse),
      ofParameters[0],
      ofParameters[1],
    ]
  }

  package static let samples = [
    Sample(LayerNormalization(epsilon: 1e-5), .uniform([5, 33]), .uniform([33]), .uniform([33])),
    Sample(LayerNormalization(epsilon: 1e-3), .within([2, 3, 7], 4...5), .uniform([7]), .uniform([7])),
    Sample(
      LayerNormalization(epsilon: 1e-5, extent: 40), .within([4, 33], 1...2), .uniform([33]),
      .uniform([33])),
  ]
}

extension LayerNormalization {
  /// The gradient by x from g, x, γ, the mean and s (functions of x, given so that they are not computed twice):
  /// `s·(h − mean(h) − x̂·mean(h·x̂))`, h = g·γ, x̂ = (x − mean)·s, means over the row, or over `extent` elements.
  package struct Gradient: FusedPrimitive {
    package static let name = "layer-normalization-gradient"
    package let epsilon: Float
    package let extent: Int?

    package init(epsilon: Float, extent: Int? = nil) { (self.epsilon, self.extent) = (epsilon, extent) }

    package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
      guard inputs.count == 5, inputs[0] == inputs[1], inputs[1].shape.rank >= 1,
        inputs[2].shape == Shape([inputs[1].shape[-1]]), inputs[3] == inputs[4],
        inputs[3].shape.axes == inputs[1].shape.axes.dropLast()
      else { throw ShapeError("takes gradient, x, γ, mean and inverse deviation, not \(inputs.listed)") }
      return [inputs[1]]
    }

    package func kernel(for signature: Signature) -> Kernel {
      let width = signature.input(2)[0]
      let extent = extent ?? width
      return Kernel(units: signature.input(3).count) { arguments, range in
        let (row, offset) = (range.lowerBound, range.lowerBound * width)
        ck_layer_norm_gradient(
          range.count, width, extent, arguments.input(0) + offset, arguments.input(1) + offset,
          arguments.input(2),
          arguments.input(3) + row, arguments.input(4) + row, arguments.output() + offset)
      }
    }

    package func flops(for signature: Signature) -> Int { 9 * signature.input(0).count }

    package var donations: [(input: Int, output: Int)] { [(0, 0), (1, 0)] }

    /// The statistics are x's own, so that the second derivative flows through x.
    package func definition(_ inputs: [Value]) -> [Value] {
      let (g, x, gamma) = (inputs[0], inputs[1], inputs[2])
      let (last, width) = (x.shape.rank - 1, x.shape[-1])
      let rows = RowStatistics(of: x, epsilon: epsilon, extent: extent)
      let h = g * gamma
      let towardsMean = h.mean(over: last, of: extent).expanded(at: last, count: width)
      let alongNormal =
        (h * rows.normalized).mean(over: last, of: extent).expanded(at: last, count: width)
        * rows.normalized
      return [(h - towardsMean - alongNormal) * rows.inverse.expanded(at: last, count: width)]
    }

    package static let samples: [Sample] = []
  }

  /// The gradients by γ and β from g, x, the mean and s: `dγ[j] = Σ g[r, j]·x̂[r, j]`, `dβ[j] = Σ g[r, j]` over the rows r.
  package struct ParameterGradient: FusedPrimitive {
    package static let name = "layer-normalization-parameter-gradient"
    package let epsilon: Float
    package let extent: Int?

    package init(epsilon: Float, extent: Int? = nil) { (self.epsilon, self.extent) = (epsilon, extent) }

    package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
      guard inputs.count == 4, inputs[0] == inputs[1], inputs[1].shape.rank >= 1, inputs[2] == inputs[3],
        inputs[2].shape.axes == inputs[1].shape.axes.dropLast()
      else { throw ShapeError("takes gradient, x, mean and inverse deviation, not \(inputs.listed)") }
      let width = ValueType([inputs[1].shape[-1]])
      return [width, width]
    }

    package func kernel(for signature: Signature) -> Kernel {
      let (rows, width) = (signature.input(2).count, signature.output()[0])
      return Kernel(units: width) { arguments, range in
        ck_layer_norm_parameter_gradient(
          rows, width, range.lowerBound, range.upperBound, arguments.input(0), arguments.input(1),
          arguments.input(2), arguments.input(3), arguments.output(0), arguments.output(1))
      }
    }

    package func flops(for signature: Signature) -> Int { 5 * signature.input(0).count }

    package func definition(_ inputs: [Value]) -> [Value] {
      let rows = RowStatistics(of: inputs[1], epsilon: epsilon, extent: extent)
      return [inputs[0] * rows.normalized, inputs[0]].map { value in
        value.shape.rank == 1 ? value : value.mergingAxes(0, count: value.shape.rank - 1).summed(over: 0)
      }
    }

    package static let samples: [Sample] = []
  }
}

/// The mean and inverse deviation of each row in simple operations, and the rows normalised by them.
private struct RowStatistics {
  let mean: Value
  let inverse: Value
  let normalized: Value

  /// - Parameter extent: the elements that mean and variance are of, the missing ones 0; `nil` for those of x.
  init(of x: Value, epsilon: Float, extent: Int?) {
    let (last, width) = (x.shape.rank - 1, x.shape[-1])
    mean = x.mean(over: last, of: extent)
    let centred = x - mean.expanded(at: last, count: width)
    let missing = (extent ?? width) - width
    let variance: Value
    if missing > 0 {
      let ofZeros = (mean * mean).scaled(by: Float(missing))
      variance = ((centred * centred).summed(over: last) + ofZeros).scaled(by: 1 / Float(width + missing))
    } else {
      variance = (centred * centred).mean(over: last)
    }
    inverse = x.builder.constant(1, mean.shape) / variance.offset(by: epsilon).squareRoot
    normalized = centred * inverse.expanded(at: last, count: width)
  }
}

extension Value {
  /// The mean over one axis as if it had `extent` places, the missing ones 0.
  fileprivate func mean(over axis: Int, of extent: Int?) -> Value {
    guard let extent else { return mean(over: axis) }
    return summed(over: axis).scaled(by: 1 / Float(max(1, extent)))
  }

  /// The rows of the last axis normalised, scaled by `gamma` and moved by `beta`.
  public func layerNormalized(gamma: Value, beta: Value, epsilon: Float = 1e-5) -> Value {
    builder.applyAll(LayerNormalization(epsilon: epsilon), [self, gamma, beta])[0]
  }
}

extension LayerNormalization: AxisTied {
  /// The rows, and the features of everything.
  package func ties(for signature: Signature) -> [AxisTie] {
    let last = signature.input(0).rank - 1
    return AxisTie.same(0..<last) + AxisTie.same(0..<last, output: 1) + AxisTie.same(0..<last, output: 2)
      + [AxisTie(.input(0, axis: last), .output(axis: last), label: "embedding")]
      + (1...2).map { AxisTie(.input($0, axis: 0), .output(axis: last)) }
  }

  /// Mean and variance are those of all features.
  package func sharedAxes(for signature: Signature) -> [PortAxis] {
    [.input(0, axis: signature.input(0).rank - 1)]
  }

  /// For fewer features, mean and variance stay those of the whole row.
  package func resized(keeping kept: KeptPlaces, for signature: Signature) -> LayerNormalization? {
    let width = signature.input(1)[0]
    guard kept[.input(1, axis: 0)].count < width else { return self }
    return LayerNormalization(epsilon: epsilon, extent: extent ?? width)
  }
}

extension LayerNormalization: PathPrimitive {
  /// Each feature goes to its own place, where its scale survives. Mean and variance carry nothing.
  package func reach(_ inputs: [Reach], _ signature: Signature) -> [Reach] {
    let builder = inputs[0].alive.builder
    let scaled = Reach.product(inputs[0].filled(of: signature.output()), inputs[1], by: *)
    let row = Reach(alive: builder.constant(1, signature.output(1)))
    return [Reach(alive: scaled.alive + inputs[2].alive, carried: scaled.carried), row, row]
  }
}

extension LayerNormalization: RelevancePrimitive {
  /// With s standing still, y is linear in x: xᵢ contributes γⱼ·s·(δᵢⱼ − 1/n)·xᵢ to yⱼ (n is `extent` where it is given), and β keeps its share as a bias does (A. Ali et
  /// al., "XAI for transformers: better explanations through conservative propagation", ICML 2022).
  package func relevance(_ call: RelevanceCall) -> [Value?] {
    let (x, gamma, beta) = (call.inputs[0], call.inputs[1], call.inputs[2])
    let (last, width) = (x.shape.rank - 1, x.shape[-1])
    let inverse = call.outputs[2].expanded(at: last, count: width)
    let divisor = Float(extent ?? width)
    func inAll(_ row: Value) -> Value { row.expanded(at: last, count: width) }
    let part = call.parted(x, bias: beta) { x in
      (x - inAll(x.mean(over: last, of: extent))) * inverse * gamma
    } signed: { high, low in
      // Where γ > 0 a number's own part has its sign, and what it takes from the others the opposite one.
      func own(_ part: Value) -> Value { part.scaled(by: (divisor - 1) / divisor) }
      func ofOthers(_ part: Value) -> Value {
        (part - inAll(part.summed(over: last))).scaled(by: 1 / divisor)
      }
      let (more, less) = (own(high) + ofOthers(low), own(low) + ofOthers(high))
      let (upwards, downwards) = (gamma.relu, -(-gamma).relu)
      return (
        (more * upwards + less * downwards) * inverse, (less * upwards + more * downwards) * inverse
      )
    }
    return [part, nil, nil]
  }
}

extension LayerNormalization: ExportablePrimitive {
  /// The operator of the name knows no other extent than the row's own.
  package func operators(_ call: inout OperatorCall) throws -> [Operand] {
    if let extent, extent != call.signature.input(0)[-1] { return try call.defined(by: definition) }
    return [
      call.apply(
        "LayerNormalization", call.inputs, ["axis": .integer(-1), "epsilon": .number(epsilon)])
    ]
  }
}
