import CoppiceTensors

/// `count` neighbouring places of one axis, from `start` on: `y[…, i, …] = x[…, start + i, …]`.
package struct Slice: Primitive {
  package static let name = "slice"
  package let axis: Int
  package let start: Int
  package let count: Int

  package init(axis: Int, start: Int, count: Int) {
    self.axis = axis
    self.start = start
    self.count = count
  }

  package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
    guard inputs.count == 1, inputs[0].element != .byte, inputs[0].shape.axes.indices.contains(axis),
      start >= 0,
      count >= 0, start + count <= inputs[0].shape[axis]
    else { throw ShapeError("axis \(axis) of \(inputs.listed) has no places \(start)..<\(start + count)") }
    var axes = inputs[0].shape.axes
    axes[axis] = count
    return [ValueType(Shape(axes), inputs[0].element)]
  }

  package func kernel(for signature: Signature) -> Kernel {
    let rows = RowExtents(signature.input(0), axis: axis)
    let (length, offset) = (count * rows.inner, start * rows.inner)
    return Kernel(units: rows.outer) { arguments, range in
      for row in range {
        (arguments.output() + row * length).update(
          from: arguments.input(0) + row * rows.length + offset, count: length)
      }
    }
  }

  package func flops(for signature: Signature) -> Int { 0 }

  package func pullback(_ call: PullbackCall) -> [Value?] {
    let after = call.inputs[0].shape[axis] - start - count
    return [call.gradient?.padded(axis, before: start, after: after)]
  }

  package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
    var output = ReferenceArray(repeating: 0, signature.output())
    for place in ReferenceArray.coordinates(of: signature.output()) {
      var source = place
      source[axis] += start
      output[place] = inputs[0][source]
    }
    return [output]
  }

  package static let samples = [
    Sample(Slice(axis: 0, start: 2, count: 3), .uniform([7, 5])),
    Sample(Slice(axis: 1, start: 0, count: 2), .uniform([3, 4, 5])),
    Sample(Slice(axis: 2, start: 4, count: 1), .uniform([3, 4, 5])),
    Sample(Slice(axis: 1, start: 1, count: 2), .integers([3, 4], below: 9)),
  ]
}

extension Value {
  /// The places `range` of one axis.
  public func sliced(_ axis: Int, _ range: Range<Int>) -> Value {
    builder.apply(Slice(axis: axis, start: range.lowerBound, count: range.count), self)
  }
}

extension Slice: AxisTied {
  /// What is not taken can be removed by itself.
  package func ties(for signature: Signature) -> [AxisTie] {
    AxisTie.same(signature.input(0).axes.indices.filter { $0 != axis }) + [
      .free(.input(0, axis: axis)),
      .offset(by: start, count: count, .output(axis: axis), .input(0, axis: axis)),
    ]
  }

  package func resized(keeping kept: KeptPlaces, for signature: Signature) -> Slice? {
    Slice(
      axis: axis, start: kept[.input(0, axis: axis)].count { $0 < start },
      count: kept[.output(axis: axis)].count)
  }

  package var keepsZeros: Bool { true }
}

extension Slice: PathMovingPrimitive {}

extension Slice: RelevanceMovingPrimitive {}

extension Slice: ExportablePrimitive {
  package func operators(_ call: inout OperatorCall) -> [Operand] {
    [call.apply("Slice", call.inputs + [.integers([start]), .integers([start + count]), .integers([axis])])]
  }
}
