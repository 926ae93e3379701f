import CoppiceTensors

/// Takes `count` neighbouring axes from `axis` on as one, in row-major order.
package struct MergeAxes: ViewPrimitive {
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
    let merged = Shape(Array(axes[axis..<(axis + count)])).count
    return [ValueType(Shape(axes[..<axis] + [merged] + axes[(axis + count)...]), inputs[0].element)]
  }

  package func pullback(_ call: PullbackCall) -> [Value?] {
    let extents = Array(call.inputs[0].shape.axes[axis..<(axis + count)])
    return [call.gradient?.splittingAxis(axis, into: extents)]
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

extension MergeAxes: AxisTied {
  /// A place of the outermost merged axis is a block of the output: a channel of `[channels, height, width]` is height · width
  /// neighbours. The axes merged into it are untied, since what is left has to be whole blocks. An extent of 1 is passed over.
  package func ties(for signature: Signature) -> [AxisTie] {
    let axes = signature.input(0).axes
    return AxisTie.same(0..<axis) + AxisTie.same((axis + count)..<axes.count, shift: 1 - count)
      + AxisTie.outermost(axes[axis..<(axis + count)], .input(0, axis: 0), .output(axis: axis))
  }

  package var keepsZeros: Bool { true }
}

extension AxisTie {
  /// The ties of axes that are one merged axis: of the outermost with an extent above 1, in blocks. `port` is whose axes they are.
  static func outermost(_ extents: ArraySlice<Int>, _ port: PortAxis, _ merged: PortAxis) -> [AxisTie] {
    guard let axis = extents.firstIndex(where: { $0 != 1 }) ?? extents.indices.first else { return [] }
    let block = extents[(axis + 1)...].product
    return [.blocks(of: block, count: extents[axis], PortAxis(port: port.port, axis: axis), merged)]
  }
}

extension MergeAxes: PathMovingPrimitive {}

extension MergeAxes: RelevanceMovingPrimitive {}

extension MergeAxes: UnitwisePrimitive {}

extension MergeAxes: ExportablePrimitive {
  package func operators(_ call: inout OperatorCall) -> [Operand] {
    let (x, y) = (call.signature.input(0), call.signature.output())
    return [x == y ? call.inputs[0] : call.reshape(call.inputs[0], y)]
  }
}
