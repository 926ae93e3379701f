import CoppiceTensors

/// Takes `count` neighbouring axes from `axis` on as one, in row-major order. A view: nothing is computed.
package struct MergeAxes: Primitive {
  package static let name = "merge-axes"
  package let axis: Int
  package let count: Int

  package init(axis: Int, count: Int) {
    self.axis = axis
    self.count = count
  }

  package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
    guard inputs.count == 1, axis >= 0, count >= 1, axis + count <= inputs[0].shape.rank else {
      throw ShapeError(
        "\(inputs.first?.description ?? "nothing") has no \(count) axes from axis \(axis) on to merge")
    }
    let axes = inputs[0].shape.axes
    let merged = axes[axis..<(axis + count)].reduce(1, *)
    return [ValueType(Shape(axes[..<axis] + [merged] + axes[(axis + count)...]), inputs[0].element)]
  }

  package var isView: Bool { true }
  package func flops(for signature: Signature) -> Int { 0 }
  package func kernel(for signature: Signature) -> Kernel { Kernel { _, _ in } }

  package func pullback(_ call: PullbackCall) -> [Value?] {
    let extents = Array(call.inputs[0].shape.axes[axis..<(axis + count)])
    return [call.gradient?.splittingAxis(axis, into: extents)]
  }

  package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
    [ReferenceArray(signature.output(), inputs[0].scalars)]
  }

  package static let samples = [
    Sample(MergeAxes(axis: 0, count: 2), .uniform([2, 3, 4])),
    Sample(MergeAxes(axis: 1, count: 2), .uniform([2, 3, 4])),
  ]
}

extension Value {
  /// `count` neighbouring axes taken as one.
  public func mergingAxes(_ axis: Int, count: Int) -> Value {
    builder.apply(MergeAxes(axis: axis, count: count), self)
  }

  /// All axes taken as one.
  public var flattened: Value { shape.rank == 1 ? self : mergingAxes(0, count: shape.rank) }

  /// All axes but the first `leading` taken as one.
  public func flattened(from leading: Int) -> Value { mergingAxes(leading, count: shape.rank - leading) }
}
