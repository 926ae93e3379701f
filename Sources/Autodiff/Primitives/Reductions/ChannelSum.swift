import CKernels
import CoppiceTensors

/// The sum over all axes but the second, one number a channel: `y[c] = Σ x[n, c, …]`, `[batch, channels, …]` to `[channels]`.
package struct ChannelSum: Primitive {
  package static let name = "channel-sum"

  package init() {}

  package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
    guard inputs.count == 1, inputs[0].element == .float32, inputs[0].shape.rank >= 2 else {
      throw ShapeError("takes an array [batch, channels, …], not \(inputs.listed)")
    }
    return [ValueType([inputs[0].shape[1]])]
  }

  package func kernel(for signature: Signature) -> Kernel {
    let rows = RowExtents(signature.input(0), axis: 1)
    let channels = signature.output()[0]
    return Kernel(units: channels) { arguments, range in
      ck_sum_outer_inner(
        rows.outer, channels, rows.inner, range.lowerBound, range.upperBound, arguments.input(0),
        arguments.output())
    }
  }

  package func flops(for signature: Signature) -> Int { signature.input(0).count }

  package func pullback(_ call: PullbackCall) -> [Value?] {
    [call.gradient?.spreadOverChannels(of: call.inputs[0].shape)]
  }

  package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
    var output = ReferenceArray(repeating: 0, signature.output())
    for place in ReferenceArray.coordinates(of: inputs[0].shape) { output[place[1]] += inputs[0][place] }
    return [output]
  }

  package static let samples = [
    Sample(ChannelSum(), .uniform([3, 5, 4, 7])), Sample(ChannelSum(), .uniform([19, 33])),
    Sample(ChannelSum(), .uniform([2, 3, 81])),
  ]
}

extension Value {
  /// The sum over all axes but the second, one number a channel.
  public var channelSum: Value { builder.apply(ChannelSum(), self) }

  /// One number a channel, `[channels]`, repeated to fill `[batch, channels, …]`.
  func spreadOverChannels(of shape: Shape) -> Value {
    let rows = expanded(at: 0, count: shape[0])
    if shape.rank == 2 { return rows }
    let inner = Array(shape.axes.dropFirst(2))
    let filled = rows.expanded(at: 2, count: Shape(inner).count)
    return inner.count == 1 ? filled : filled.splittingAxis(2, into: inner)
  }
}

extension ChannelSum: AxisTied {
  /// The channels; what is added up can be removed where it is 0.
  package func ties(for signature: Signature) -> [AxisTie] {
    signature.input(0).axes.indices.map { axis in
      axis == 1 ? AxisTie(.input(0, axis: 1), .output(axis: 0)) : .summed(.input(0, axis: axis))
    }
  }

  package var keepsZeros: Bool { true }
}

extension ChannelSum: PathMovingPrimitive {}

extension ChannelSum: ExportablePrimitive {
  package func operators(_ call: inout OperatorCall) -> [Operand] {
    let axes = call.signature.input(0).axes.indices.filter { $0 != 1 }
    return [call.apply("ReduceSum", call.inputs + [.integers(axes)], ["keepdims": .integer(0)])]
  }
}
