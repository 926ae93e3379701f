import CKernels
import CoppiceTensors

/// Repeats an array along a new axis: `y[…, i, …] = x[…]` for each of `count` places i of the axis `axis`.
package struct Expand: Primitive {
  package static let name = "expand"
  package let axis: Int
  package let count: Int

  package init(axis: Int, count: Int) {
    self.axis = axis
    self.count = count
  }

  package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
    guard inputs.count == 1, inputs[0].element == .float32, (0...inputs[0].shape.rank).contains(axis),
      count > 0
    else {
      throw ShapeError(
        "cannot repeat \(inputs.first?.description ?? "nothing") \(count) times at axis \(axis)")
    }
    var axes = inputs[0].shape.axes
    axes.insert(count, at: axis)
    return [ValueType(Shape(axes))]
  }

  package func kernel(for signature: Signature) -> Kernel {
    let outer = signature.input(0).axes.prefix(axis).product
    let inner = signature.input(0).count / max(1, outer)
    let middle = count
    return Kernel(units: outer) { arguments, range in
      ck_expand_middle(
        range.count, middle, inner, arguments.input(0) + range.lowerBound * inner,
        arguments.output() + range.lowerBound * middle * inner)
    }
  }

  package func flops(for signature: Signature) -> Int { 0 }

  package func pullback(_ call: PullbackCall) -> [Value?] { [call.gradient?.summed(over: axis)] }

  package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
    var output = ReferenceArray(repeating: 0, signature.output())
    for place in ReferenceArray.coordinates(of: signature.output()) {
      var source = place
      source.remove(at: axis)
      output[place] = inputs[0][source]
    }
    return [output]
  }

  package static let samples = [
    Sample(Expand(axis: 0, count: 5), .uniform([3, 4])), Sample(Expand(axis: 1, count: 2), .uniform([3, 4])),
    Sample(Expand(axis: 2, count: 7), .uniform([3, 4])), Sample(Expand(axis: 0, count: 3), .uniform([])),
  ]
}

extension Value {
  /// The value repeated `count` times along a new axis.
  public func expanded(at axis: Int, count: Int) -> Value {
    builder.apply(Expand(axis: axis, count: count), self)
  }
}

extension Expand: AxisTied {
  /// The new axis is nobody's: each of its places can be removed.
  package func ties(for signature: Signature) -> [AxisTie] {
    AxisTie.same(0..<axis) + [.free(.output(axis: axis))]
      + AxisTie.same(axis..<signature.input(0).rank, shift: 1)
  }

  package func resized(keeping kept: KeptPlaces, for signature: Signature) -> Expand? {
    Expand(axis: axis, count: kept[.output(axis: axis)].count)
  }
}

extension Expand: PathMovingPrimitive {}

extension Expand: RelevanceMovingPrimitive {}

extension Expand: ExportablePrimitive {
  package func operators(_ call: inout OperatorCall) -> [Operand] {
    let axis = call.apply("Unsqueeze", call.inputs + [.integers([axis])])
    var extents = [Extent](repeating: Extent(1), count: call.signature.output().rank)
    extents[self.axis] = Extent(count)
    return [call.apply("Expand", [axis, .extents(extents)])]
  }

  package func isRepetition(of isRepeated: Bool) -> Bool { axis == 0 }
}
