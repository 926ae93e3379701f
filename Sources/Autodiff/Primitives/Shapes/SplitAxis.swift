import CoppiceTensors

/// Takes one axis as several, in row-major order.
package struct SplitAxis: ViewPrimitive {
  package static let name = "split-axis"
  package let axis: Int
  package let extents: [Int]

  package init(axis: Int, extents: [Int]) {
    self.axis = axis
    self.extents = extents
  }

  package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
    guard inputs.count == 1, inputs[0].shape.axes.indices.contains(axis),
      extents.allSatisfy({ $0 >= 0 }), Shape(extents).count == inputs[0].shape[axis]
    else {
      throw ShapeError(
        "axis \(axis) of \(inputs.first?.description ?? "nothing") does not split into \(extents)")
    }
    let axes = inputs[0].shape.axes
    return [ValueType(Shape(axes[..<axis] + extents + axes[(axis + 1)...]), inputs[0].element)]
  }

  package func pullback(_ call: PullbackCall) -> [Value?] {
    [call.gradient?.mergingAxes(axis, count: extents.count)]
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

extension SplitAxis: AxisTied {
  /// As `MergeAxes` has it: of the new axes the outermost with an extent above 1 is tied, in blocks of the axis that is split.
  package func ties(for signature: Signature) -> [AxisTie] {
    let axes = signature.output().axes
    return AxisTie.same(0..<axis)
      + AxisTie.same((axis + 1)..<signature.input(0).rank, shift: extents.count - 1)
      + AxisTie.outermost(axes[axis..<(axis + extents.count)], .output(axis: 0), .input(0, axis: axis))
  }

  package func resized(keeping kept: KeptPlaces, for signature: Signature) -> SplitAxis? {
    SplitAxis(axis: axis, extents: extents.indices.map { kept[.output(axis: axis + $0)].count })
  }

  package var keepsZeros: Bool { true }
}

extension SplitAxis: PathMovingPrimitive {}

extension SplitAxis: RelevanceMovingPrimitive {}

extension SplitAxis: UnitwisePrimitive {}

extension SplitAxis: ExportablePrimitive {
  package func operators(_ call: inout OperatorCall) -> [Operand] {
    let (x, y) = (call.signature.input(0), call.signature.output())
    return [x == y ? call.inputs[0] : call.reshape(call.inputs[0], y)]
  }

  /// The first axis of a repetition is one that was added: so are those that it splits into.
  package func isRepetition(of isRepeated: Bool) -> Bool { isRepeated && axis == 0 }
}
