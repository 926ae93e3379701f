import CoppiceTensors

/// How far the numbers of an array reach below and above 0: `[2]`, `(max(0, −min x), max(0, max x))`. The range −below … above has 0
/// in it. Both are NaN where a number is not finite.
package struct ValueRange: ZeroGradientPrimitive {
  package static let name = "value-range"

  package init() {}

  package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
    guard inputs.count == 1, inputs[0].element == .float32 else {
      throw ShapeError("takes one array of numbers, not \(inputs.listed)")
    }
    return [ValueType([2])]
  }

  package func kernel(for signature: Signature) -> Kernel {
    let count = signature.input(0).count
    return Kernel { arguments, _ in
      let x = arguments.input(0)
      var (least, largest, wrong) = (Float(0), Float(0), false)
      for place in 0..<count {
        let number = x[place]
        least = number < least ? number : least
        largest = number > largest ? number : largest
        wrong = wrong || !number.isFinite
      }
      arguments.output()[0] = wrong ? .nan : -least
      arguments.output()[1] = wrong ? .nan : largest
    }
  }

  package func flops(for signature: Signature) -> Int { 0 }

  package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
    let numbers = inputs[0].scalars + [0]
    return [ReferenceArray([2], [-(numbers.min() ?? 0), numbers.max() ?? 0])]
  }

  package static let samples = [
    Sample(ValueRange(), .uniform([5, 33])), Sample(ValueRange(), .within([7], 0.5...2)),
    Sample(ValueRange(), .within([3, 1], -3 ... -1)), Sample(ValueRange(), .uniform([])),
  ]
}

extension ValueRange: AxisTied {
  /// A number that is 0 adds nothing to the range.
  package func ties(for signature: Signature) -> [AxisTie] {
    signature.input(0).axes.indices.map { .summed(.input(0, axis: $0)) }
  }

  package var keepsZeros: Bool { true }
}

extension Value {
  /// How far the numbers reach below and above 0, `[2]`.
  package var range: Value { builder.apply(ValueRange(), self) }
}
