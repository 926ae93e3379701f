import CKernels
import CoppiceTensors

/// The sum over one axis, which disappears: `y[…] = Σᵢ x[…, i, …]`, in the order the numerics contract gives.
package struct Sum: Primitive {
  package static let name = "sum"
  package let axis: Int

  package init(axis: Int) { self.axis = axis }

  package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
    guard inputs.count == 1, inputs[0].element == .float32, inputs[0].shape.axes.indices.contains(axis) else {
      throw ShapeError("\(inputs.first?.description ?? "nothing") has no axis \(axis) to sum over")
    }
    var axes = inputs[0].shape.axes
    axes.remove(at: axis)
    return [ValueType(Shape(axes))]
  }

  package func kernel(for signature: Signature) -> Kernel {
    let shape = signature.input(0)
    let outer = shape.axes.prefix(axis).product
    let middle = shape[axis]
    let inner = shape.axes.dropFirst(axis + 1).product
    return Kernel(units: outer) { arguments, range in
      ck_sum_middle(
        range.count, middle, inner, 0, inner, arguments.input(0) + range.lowerBound * middle * inner,
        arguments.output() + range.lowerBound * inner)
    }
  }

  package func flops(for signature: Signature) -> Int { signature.input(0).count }

  package func pullback(_ call: PullbackCall) -> [Value?] {
    [call.gradient?.expanded(at: axis, count: call.inputs[0].shape[axis])]
  }

  package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
    var output = ReferenceArray(repeating: 0, signature.output())
    for place in ReferenceArray.coordinates(of: inputs[0].shape) {
      var target = place
      target.remove(at: axis)
      output[target] += inputs[0][place]
    }
    return [output]
  }

  package static let samples = [
    Sample(Sum(axis: 0), .uniform([70, 5])), Sample(Sum(axis: 1), .uniform([3, 131])),
    Sample(Sum(axis: 1), .uniform([3, 9, 4])), Sample(Sum(axis: 0), .uniform([200])),
  ]
}

extension Value {
  /// The sum over one axis.
  public func summed(over axis: Int) -> Value { builder.apply(Sum(axis: axis), self) }

  /// The sum of all elements, a scalar.
  public var sum: Value { shape.rank == 0 ? self : flattened.summed(over: 0) }

  /// The mean of all elements, a scalar.
  public var mean: Value { sum.scaled(by: 1 / Float(max(1, shape.count))) }

  /// The mean over one axis.
  public func mean(over axis: Int) -> Value {
    guard shape.axes.indices.contains(axis) else { return summed(over: axis) }
    return summed(over: axis).scaled(by: 1 / Float(shape[axis]))
  }

  /// The sum over several axes.
  public func summed(over axes: [Int]) -> Value { axes.sorted(by: >).reduce(self) { $0.summed(over: $1) } }

  /// The mean over several axes.
  public func mean(over axes: [Int]) -> Value {
    let sum = summed(over: axes)
    return sum.scaled(by: Float(max(1, sum.shape.count)) / Float(max(1, shape.count)))
  }
}

extension Sum: AxisTied {
  /// What is added up can be removed where it is 0.
  package func ties(for signature: Signature) -> [AxisTie] {
    AxisTie.same(0..<axis) + [.summed(.input(0, axis: axis))]
      + AxisTie.same((axis + 1)..<signature.input(0).rank, shift: -1)
  }

  package var keepsZeros: Bool { true }
}

extension Sum: PathMovingPrimitive {}

extension Sum: RelevanceSummingPrimitive {}

extension Sum: UnitwisePrimitive {
  package func constant(_ number: Double, for signature: Signature) -> Double? {
    number * Double(signature.input(0)[axis])
  }
}

extension Sum: ExportablePrimitive {
  package func operators(_ call: inout OperatorCall) -> [Operand] {
    [call.apply("ReduceSum", call.inputs + [.integers([axis])], ["keepdims": .integer(0)])]
  }
}
