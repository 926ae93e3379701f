import CKernels
import CoppiceTensors

/// The mean of each window, `[batch, channels, height, width]` to `[batch, channels, rows, columns]`; padding counts as zeros.
package struct AveragePool: ExamplewisePrimitive {
  package static let name = "average-pool"
  package let windows: PoolingWindows

  package init(_ windows: PoolingWindows) { self.windows = windows }

  package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
    guard inputs.count == 1 else { throw ShapeError("takes one array, not \(inputs.listed)") }
    return [try windows.pooled(inputs[0])]
  }

  package func kernel(for signature: Signature) -> Kernel {
    windows.kernel(signature.input(0)) { shape, planes, a in
      ck_average_pool(shape, planes.lowerBound, planes.upperBound, a.input(0), a.output())
    }
  }

  package func flops(for signature: Signature) -> Int {
    [signature.output().count, windows.side, windows.side].product
  }

  package func pullback(_ call: PullbackCall) -> [Value?] {
    guard let g = call.gradient else { return [nil] }
    let x = call.inputs[0].shape
    return [g.builder.apply(Gradient(windows, height: x[2], width: x[3]), g)]
  }

  package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
    let area = Double(windows.side * windows.side)
    let means = windows.windows(inputs[0].shape).map { window in
      window.places.reduce(0) { $0 + inputs[0].scalars[$1] } / area
    }
    return [ReferenceArray(signature.output(), means)]
  }

  package static let samples = [
    Sample(AveragePool(.init(2)), .uniform([2, 3, 6, 8])),
    Sample(AveragePool(.init(2)), .uniform([1, 2, 5, 19])),
    Sample(AveragePool(.init(3, stride: 2, padding: 1)), .uniform([2, 2, 7, 6])),
  ]
}

extension AveragePool {
  /// The gradient of the pooling: each window's g in equal parts to its places. Linear.
  package struct Gradient: Primitive {
    package static let name = "average-pool-gradient"
    package let windows: PoolingWindows
    /// The extents of what was pooled.
    package let height: Int
    package let width: Int

    package init(_ windows: PoolingWindows, height: Int, width: Int) {
      self.windows = windows
      self.height = height
      self.width = width
    }

    package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
      guard inputs.count == 1, inputs[0].shape.rank == 4,
        case let pooled = Shape([inputs[0].shape[0], inputs[0].shape[1], height, width]),
        windows.output(pooled) == inputs[0].shape
      else { throw ShapeError("\(inputs.listed) is no gradient of \(windows) over [\(height), \(width)]") }
      return [ValueType(pooled)]
    }

    package func kernel(for signature: Signature) -> Kernel {
      windows.kernel(signature.output()) { shape, planes, a in
        ck_average_pool_gradient(shape, planes.lowerBound, planes.upperBound, a.input(0), a.output())
      }
    }

    package func flops(for signature: Signature) -> Int {
      [signature.input(0).count, windows.side, windows.side].product
    }

    package func pullback(_ call: PullbackCall) -> [Value?] {
      [call.gradient.map { $0.builder.apply(AveragePool(windows), $0) }]
    }

    package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
      var gradient = ReferenceArray(repeating: 0, signature.output())
      let area = Double(windows.side * windows.side)
      for (output, places) in windows.windows(signature.output()) {
        for place in places { gradient.scalars[place] += inputs[0].scalars[output] / area }
      }
      return [gradient]
    }

    package static let samples = [
      Sample(Gradient(.init(2), height: 5, width: 19), .uniform([2, 3, 2, 9])),
      Sample(Gradient(.init(3, stride: 2, padding: 1), height: 7, width: 6), .uniform([1, 2, 4, 3])),
    ]
  }
}

extension Value {
  /// The mean of each square window of `[batch, channels, height, width]`, windows side by side unless a stride is given.
  public func averagePooled(_ side: Int, stride: Int? = nil, padding: Int = 0) -> Value {
    builder.apply(AveragePool(PoolingWindows(side, stride: stride, padding: padding)), self)
  }

  /// The mean of each plane: `[batch, channels, height, width]` to `[batch, channels]`.
  public var globalAveragePooled: Value { flattened(from: 2).mean(over: 2) }
}

extension AveragePool: AxisTied {
  /// Examples and channels; rows and columns are untied.
  package func ties(for signature: Signature) -> [AxisTie] { AxisTie.same(0..<2) }

  package var keepsZeros: Bool { true }
}

extension AveragePool: PathPrimitive {
  /// As many paths as a window has: the mean without its divisor.
  package func reach(_ inputs: [Reach], _ signature: Signature) -> [Reach] {
    [inputs[0].mapped { $0.builder.apply(self, $0).scaled(by: Float(windows.side * windows.side)) }]
  }
}

extension AveragePool: FlowPrimitive {}

extension AveragePool: RelevanceSummingPrimitive {}

extension AveragePool: UnitwisePrimitive {
  /// Zeros around a plane make its edges something else.
  package func constant(_ number: Double, for signature: Signature) -> Double? {
    windows.padding == 0 || number == 0 ? number : nil
  }
}

extension AveragePool: ExportablePrimitive {
  package func operators(_ call: inout OperatorCall) -> [Operand] {
    [
      call.apply(
        "AveragePool", call.inputs,
        [
          "kernel_shape": .integers([windows.side, windows.side]),
          "strides": .integers([windows.stride, windows.stride]),
          "pads": .integers([Int](repeating: windows.padding, count: 4)), "count_include_pad": .integer(1),
        ])
    ]
  }
}
