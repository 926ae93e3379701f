import CoppiceTensors

/// Zeros before and after an array along one axis: `y[…, before + i, …] = x[…, i, …]`, else 0.
package struct Pad: Primitive {
  package static let name = "pad"
  package let axis: Int
  package let before: Int
  package let after: Int

  package init(axis: Int, before: Int, after: Int) {
    self.axis = axis
    self.before = before
    self.after = after
  }

  package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
    guard inputs.count == 1, inputs[0].element == .float32, inputs[0].shape.axes.indices.contains(axis),
      (0...GraphBuilder.mostElements).contains(before), (0...GraphBuilder.mostElements).contains(after)
    else {
      throw ShapeError("cannot put \(before) and \(after) zeros around axis \(axis) of \(inputs.listed)")
    }
    var axes = inputs[0].shape.axes
    axes[axis] += before + after
    return [ValueType(Shape(axes))]
  }

  package func kernel(for signature: Signature) -> Kernel {
    let (rows, padded) = (
      RowExtents(signature.input(0), axis: axis), RowExtents(signature.output(), axis: axis)
    )
    let (start, end) = (before * rows.inner, after * rows.inner)
    return Kernel(units: rows.outer) { arguments, range in
      for row in range {
        let output = arguments.output() + row * padded.length
        output.update(repeating: 0, count: start)
        (output + start).update(from: arguments.input(0) + row * rows.length, count: rows.length)
        (output + start + rows.length).update(repeating: 0, count: end)
      }
    }
  }

  package func flops(for signature: Signature) -> Int { 0 }

  package func pullback(_ call: PullbackCall) -> [Value?] {
    [call.gradient?.sliced(axis, before..<(before + call.inputs[0].shape[axis]))]
  }

  package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
    var output = ReferenceArray(repeating: 0, signature.output())
    for place in ReferenceArray.coordinates(of: inputs[0].shape) {
      var target = place
      target[axis] += before
      output[target] = inputs[0][place]
    }
    return [output]
  }

  package static let samples = [
    Sample(Pad(axis: 0, before: 2, after: 1), .uniform([3, 5])),
    Sample(Pad(axis: 1, before: 0, after: 3), .uniform([3, 4, 5])),
    Sample(Pad(axis: 2, before: 1, after: 0), .uniform([3, 2, 5])),
  ]
}

extension Value {
  /// The value with zeros before and after it along one axis.
  public func padded(_ axis: Int, before: Int, after: Int) -> Value {
    builder.apply(Pad(axis: axis, before: before, after: after), self)
  }
}

extension Pad: AxisTied {
  /// The zeros before and after are untied.
  package func ties(for signature: Signature) -> [AxisTie] {
    let shape = signature.input(0)
    return AxisTie.same(shape.axes.indices.filter { $0 != axis }) + [
      .offset(by: before, count: shape[axis], .input(0, axis: axis), .output(axis: axis))
    ]
  }

  package var keepsZeros: Bool { true }
}

extension Pad: PathMovingPrimitive {}

extension Pad: RelevanceMovingPrimitive {}

extension Pad: ExportablePrimitive {
  package func operators(_ call: inout OperatorCall) -> [Operand] {
    let rank = call.signature.output().rank
    var zeros = [Int](repeating: 0, count: 2 * rank)
    (zeros[axis], zeros[rank + axis]) = (before, after)
    return [call.apply("Pad", call.inputs + [.integers(zeros)])]
  }
}
