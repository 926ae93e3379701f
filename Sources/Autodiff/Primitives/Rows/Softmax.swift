import CKernels
import CoppiceTensors

/// The softmax over the last axis, `y[…, i] = e^(x[…, i] − max) / Σⱼ e^(x[…, j] − max)`.
package struct Softmax: Primitive {
  package static let name = "softmax"

  package init() {}

  package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
    guard inputs.count == 1, inputs[0].element == .float32, inputs[0].shape.rank >= 1 else {
      throw ShapeError("takes one array of numbers, not \(inputs.first?.description ?? "nothing")")
    }
    return inputs
  }

  package func kernel(for signature: Signature) -> Kernel {
    let width = max(1, signature.input(0)[-1])
    return Kernel(units: signature.input(0).count / width) { arguments, range in
      ck_softmax(
        range.count, width, arguments.input(0) + range.lowerBound * width,
        arguments.output() + range.lowerBound * width)
    }
  }

  package func flops(for signature: Signature) -> Int { 4 * signature.input(0).count }

  package var donations: [(input: Int, output: Int)] { [(0, 0)] }

  package func pullback(_ call: PullbackCall) -> [Value?] {
    guard let g = call.gradient else { return [nil] }
    return [g.builder.apply(Gradient(), g, call.outputs[0])]
  }

  package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
    [softmaxRows(inputs[0])]
  }

  package static let samples = [
    Sample(Softmax(), .within([4, 33], -4...4)), Sample(Softmax(), .within([2, 3, 5], -4...4)),
  ]
}

extension Softmax {
  /// `z = y · (g − Σⱼ gⱼ yⱼ)` from the gradient g and the softmax y.
  package struct Gradient: FusedPrimitive {
    package static let name = "softmax-gradient"

    package init() {}

    package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
      guard inputs.count == 2, inputs[0] == inputs[1], inputs[0].shape.rank >= 1 else {
        throw ShapeError("takes two arrays of one shape")
      }
      return [inputs[0]]
    }

    package func kernel(for signature: Signature) -> Kernel {
      let width = max(1, signature.input(0)[-1])
      return Kernel(units: signature.input(0).count / width) { arguments, range in
        let offset = range.lowerBound * width
        ck_softmax_gradient(
          range.count, width, arguments.input(0) + offset, arguments.input(1) + offset,
          arguments.output() + offset)
      }
    }

    package func flops(for signature: Signature) -> Int { 4 * signature.input(0).count }

    package var donations: [(input: Int, output: Int)] { [(0, 0)] }

    package func definition(_ inputs: [Value]) -> [Value] {
      let (g, y) = (inputs[0], inputs[1])
      let last = y.shape.rank - 1
      return [y * (g - (g * y).summed(over: last).expanded(at: last, count: y.shape[last]))]
    }

    package static let samples = [
      Sample(Gradient(), .uniform([4, 33]), .within([4, 33], 0...1))
    ]
  }
}

extension Value {
  /// The softmax over the last axis.
  public var softmax: Value { builder.apply(Softmax(), self) }
}

extension Softmax: AxisTied {
  /// The rows; their elements are untied, since each depends on all.
  package func ties(for signature: Signature) -> [AxisTie] {
    AxisTie.same(signature.output().axes.indices.dropLast())
  }
}
