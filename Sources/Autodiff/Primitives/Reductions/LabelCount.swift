import CoppiceTensors

/// How many labels name a class, as a scalar: those that are not negative. At least 1, since means divide by it.
package struct LabelCount: ZeroGradientPrimitive {
  package static let name = "label-count"

  package init() {}

  package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
    guard inputs.count == 1, inputs[0].element == .int32 else {
      throw ShapeError("takes int32 labels, not \(inputs.first?.description ?? "nothing")")
    }
    return [ValueType(.scalar)]
  }

  package func kernel(for signature: Signature) -> Kernel {
    let count = signature.input(0).count
    return Kernel { arguments, _ in
      let labels = arguments.integers(0)
      var counted = 0
      for index in 0..<count where labels[index] >= 0 { counted += 1 }
      arguments.output()[0] = Float(max(1, counted))
    }
  }

  package func flops(for signature: Signature) -> Int { 0 }

  package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
    [ReferenceArray(.scalar, [Double(max(1, inputs[0].scalars.count { $0 >= 0 }))])]
  }

  package static let samples = [
    Sample(LabelCount(), .indices([5], [1, -1, 0, 3, -1])), Sample(LabelCount(), .indices([2], [-1, -1])),
  ]
}

extension LabelCount: AxisTied {
  /// None: every label counts.
  package func ties(for signature: Signature) -> [AxisTie] { [] }
}
