import CoppiceTensors

/// Arrays one behind the other along one axis; their other axes are equal.
package struct Concatenate: Primitive {
  package static let name = "concatenate"
  package let axis: Int

  package init(axis: Int) { self.axis = axis }

  package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
    func others(_ type: ValueType) -> [Int] {
      type.shape.axes.enumerated().filter { $0.offset != axis }.map(\.element)
    }
    guard let first = inputs.first, first.element != .byte, first.shape.axes.indices.contains(axis),
      inputs.allSatisfy({
        $0.element == first.element && $0.shape.rank == first.shape.rank && others($0) == others(first)
      })
    else { throw ShapeError("\(inputs.listed) do not fit one behind the other along axis \(axis)") }
    var axes = first.shape.axes
    axes[axis] = inputs.reduce(0) { $0 + $1.shape[axis] }
    return [ValueType(Shape(axes), first.element)]
  }

  package func kernel(for signature: Signature) -> Kernel {
    let row = RowExtents(signature.output(), axis: axis)
    let lengths = signature.inputs.map { RowExtents($0.shape, axis: axis).length }
    return Kernel(units: row.outer) { arguments, range in
      for index in range {
        var output = arguments.output() + index * row.length
        for (input, length) in lengths.enumerated() {
          output.update(from: arguments.input(input) + index * length, count: length)
          output += length
        }
      }
    }
  }

  package func flops(for signature: Signature) -> Int { 0 }

  package func pullback(_ call: PullbackCall) -> [Value?] {
    var start = 0
    return call.inputs.map { input in
      defer { start += input.shape[axis] }
      return call.gradient?.sliced(axis, start..<(start + input.shape[axis]))
    }
  }

  package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
    var output = ReferenceArray(repeating: 0, signature.output())
    var start = 0
    for input in inputs {
      for place in ReferenceArray.coordinates(of: input.shape) {
        var target = place
        target[axis] += start
        output[target] = input[place]
      }
      start += input.shape[axis]
    }
    return [output]
  }

  package static let samples = [
    Sample(Concatenate(axis: 0), .uniform([2, 5]), .uniform([3, 5])),
    Sample(Concatenate(axis: 1), .uniform([3, 2, 4]), .uniform([3, 1, 4]), .uniform([3, 5, 4])),
    Sample(Concatenate(axis: 2), .uniform([2, 3, 1]), .uniform([2, 3, 4])),
    Sample(Concatenate(axis: 0), .uniform([7])),
  ]
}

extension Value {
  /// This value and others one behind the other along one axis.
  public func concatenated(with others: Value..., axis: Int) -> Value {
    builder.applyAll(Concatenate(axis: axis), [self] + others)[0]
  }
}

extension Concatenate: AxisTied {
  /// Along the axis each input is a run of places of the output.
  package func ties(for signature: Signature) -> [AxisTie] {
    var start = 0
    return signature.inputs.indices.flatMap { input in
      let (shape, offset) = (signature.input(input), start)
      start += shape[axis]
      return AxisTie.same(shape.axes.indices.filter { $0 != axis }, input: input) + [
        .offset(by: offset, count: shape[axis], .input(input, axis: axis), .output(axis: axis))
      ]
    }
  }

  package var keepsZeros: Bool { true }
}

extension Concatenate: PathPrimitive {
  package func reach(_ inputs: [Reach], _ signature: Signature) -> [Reach] {
    let builder = inputs[0].alive.builder
    let isCarried = inputs.contains { $0.carried != nil }
    let carried = inputs.map { $0.carried ?? builder.constant(0, $0.alive.shape) }
    return [
      Reach(
        alive: builder.applyAll(self, inputs.map(\.alive))[0],
        carried: isCarried ? builder.applyAll(self, carried)[0] : nil)
    ]
  }
}

extension Concatenate: FlowPrimitive {}

extension Concatenate: RelevanceMovingPrimitive {}

extension Concatenate: ExportablePrimitive {
  package func operators(_ call: inout OperatorCall) -> [Operand] {
    [call.apply("Concat", call.inputs, ["axis": .integer(axis)])]
  }
}
