import CoppiceTensors

/// Takes one axis as several, in row-major order. A view: nothing is computed.
package struct SplitAxis: Primitive {
  package static let name = "split-axis"
  package let axis: Int
  package let extents: [Int]

  package init(axis: Int, extents: [Int]) {
    self.axis = axis
    self.extents = extents
  }

  package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
    guard inputs.count == 1, inputs[0].shape.axes.indices.contains(axis),
      extents.reduce(1, *) == inputs[0].shape[axis]
    else {
      throw ShapeError(
        "axis \(axis) of \(inputs.first?.description ?? "nothing") does not split into \(extents)")
    }
    let axes = inputs[0].shape.axes
    return [ValueType(Shape(axes[..<axis] + extents + axes[(axis + 1)...]), inputs[0].element)]
  }

  package var isView: Bool { true }
  package func flops(for signature: Signature) -> Int { 0 }
  package func kernel(for signature: Signature) -> Kernel { Kernel { _, _ in } }

  package func pullback(_ call: PullbackCall) -> [Value?] {
    [call.gradient?.mergingAxes(axis, count: extents.count)]
  }

  package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
    [ReferenceArray(signature.output(), inputs[0].scalars)]
  }

  package static let samples = [
    Sample(SplitAxis(axis: 1, extents: [2, 3]), .uniform([4, 6])),
    Sample(SplitAxis(axis: 0, extents: [2, 2]), .uniform([4, 6])),
  ]
}

extension Value {
  /// One axis taken as several.
  public func splittingAxis(_ axis: Int, into extents: [Int]) -> Value {
    builder.apply(SplitAxis(axis: axis, extents: extents), self)
  }
}
