import CoppiceTensors

/// `y[r, c] = 1` where `c = labels[r]`, else 0: Int32 labels `[rows]` to `[rows, classes]`; a label outside the classes
/// gives a row of zeros.
package struct OneHot: ZeroGradientPrimitive {
  package static let name = "one-hot"
  package let classes: Int

  package init(classes: Int) { self.classes = classes }

  package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
    guard inputs.count == 1, inputs[0].element == .int32, classes >= 0 else {
      throw ShapeError(
        "takes int32 labels of 0 classes or more, not \(inputs.first?.description ?? "nothing") of \(classes)"
      )
    }
    return [ValueType(Shape(inputs[0].shape.axes + [classes]))]
  }

  package func kernel(for signature: Signature) -> Kernel {
    let (count, classes) = (signature.input(0).count, classes)
    return Kernel(units: count) { arguments, range in
      let output = arguments.output() + range.lowerBound * classes
      output.update(repeating: 0, count: range.count * classes)
      for (row, index) in range.enumerated() {
        let label = Int(arguments.integers(0)[index])
        if (0..<classes).contains(label) { output[row * classes + label] = 1 }
      }
    }
  }

  package func flops(for signature: Signature) -> Int { 0 }

  package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
    let scalars = inputs[0].scalars.flatMap { label in (0..<classes).map { Double($0) == label ? 1.0 : 0 } }
    return [ReferenceArray(signature.output(), scalars)]
  }

  package static let samples = [
    Sample(OneHot(classes: 5), .integers([7], below: 5)),
    Sample(OneHot(classes: 3), .indices([3], [2, -1, 0])),
  ]
}

extension OneHot: AxisTied {
  /// The rows; classes are untied, since labels count them.
  package func ties(for signature: Signature) -> [AxisTie] {
    AxisTie.same(signature.input(0).axes.indices)
  }
}

extension OneHot: PathPrimitive {
  /// The index says which class it is.
  package func reach(_ inputs: [Reach], _ signature: Signature) -> [Reach] {
    [inputs[0].mapped { $0.expanded(at: $0.shape.rank, count: classes) }]
  }
}

extension OneHot: ExportablePrimitive {
  /// Comparisons with each class: the operator of the name counts negative labels from the end.
  package func operators(_ call: inout OperatorCall) -> [Operand] {
    let labels = call.apply("Cast", call.inputs, ["to": .element(.int64)])
    let column = call.apply("Unsqueeze", [labels, .integers([call.signature.input(0).rank])])
    let isClass = call.apply("Equal", [column, .integers(Array(0..<classes))])
    return [call.apply("Cast", [isClass], ["to": .element(.float32)])]
  }
}
