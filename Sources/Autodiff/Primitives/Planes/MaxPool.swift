import CKernels
import CoppiceTensors

/// The greatest element of each window, `[batch, channels, height, width]` to `[batch, channels, rows, columns]`; the first of
/// equals; padding never wins; NaN stays NaN.
package struct MaxPool: ExamplewisePrimitive {
  package static let name = "max-pool"
  package let windows: PoolingWindows

  package init(_ windows: PoolingWindows) { self.windows = windows }

  package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
    guard inputs.count == 1 else { throw ShapeError("takes one array, not \(inputs.listed)") }
    return [try windows.pooled(inputs[0])]
  }

  package func kernel(for signature: Signature) -> Kernel {
    windows.kernel(signature.input(0)) { shape, planes, a in
      ck_max_pool(shape, planes.lowerBound, planes.upperBound, a.input(0), a.output())
    }
  }

  package func flops(for signature: Signature) -> Int { 0 }

  package func pullback(_ call: PullbackCall) -> [Value?] {
    guard let g = call.gradient else { return [nil] }
    return [g.builder.apply(Gradient(windows), g, call.inputs[0])]
  }

  package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
    [windows.select(from: inputs[0], by: inputs[0])]
  }

  package static let samples = [
    Sample(MaxPool(.init(2)), .uniform([2, 3, 6, 8])), Sample(MaxPool(.init(2)), .uniform([1, 2, 5, 19])),
    Sample(MaxPool(.init(3, stride: 2, padding: 1)), .uniform([2, 2, 7, 6])),
    Sample(MaxPool(.init(3, stride: 1)), .uniform([1, 3, 4, 5])),
  ]
}

extension MaxPool {
  /// The gradient of the pooling: each window's g goes to the place that won. Linear in g.
  package struct Gradient: Primitive {
    package static let name = "max-pool-gradient"
    package let windows: PoolingWindows

    package init(_ windows: PoolingWindows) { self.windows = windows }

    package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
      guard inputs.count == 2, inputs[0].shape == windows.output(inputs[1].shape) else {
        throw ShapeError("takes a gradient of \(windows) and what was pooled, not \(inputs.listed)")
      }
      return [inputs[1]]
    }

    package func kernel(for signature: Signature) -> Kernel {
      windows.kernel(signature.input(1)) { shape, planes, a in
        ck_max_pool_gradient(shape, planes.lowerBound, planes.upperBound, a.input(1), a.input(0), a.output())
      }
    }

    package func flops(for signature: Signature) -> Int { signature.input(0).count }

    package func pullback(_ call: PullbackCall) -> [Value?] {
      guard let u = call.gradient else { return [nil, nil] }
      return [u.builder.apply(Selection(windows), u, call.inputs[1]), nil]
    }

    package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
      var gradient = ReferenceArray(repeating: 0, signature.output())
      for (output, places) in windows.windows(inputs[1].shape) {
        guard let winner = windows.winner(places, inputs[1]) else { continue }
        gradient.scalars[winner] += inputs[0].scalars[output]
      }
      return [gradient]
    }

    package static let samples = [
      Sample(Gradient(.init(2)), .uniform([2, 3, 2, 9]), .uniform([2, 3, 5, 19])),
      Sample(Gradient(.init(3, stride: 2, padding: 1)), .uniform([1, 2, 4, 3]), .uniform([1, 2, 7, 6])),
    ]
  }

  /// The elements of u at the places where x wins its windows: the gradient of the gradient. Linear in u.
  package struct Selection: Primitive {
    package static let name = "max-pool-selection"
    package let windows: PoolingWindows

    package init(_ windows: PoolingWindows) { self.windows = windows }

    package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
      guard inputs.count == 2, inputs[0] == inputs[1] else {
        throw ShapeError("takes two arrays of one shape, not \(inputs.listed)")
      }
      return [try windows.pooled(inputs[1])]
    }

    package func kernel(for signature: Signature) -> Kernel {
      windows.kernel(signature.input(1)) { shape, planes, a in
        ck_max_pool_selection(shape, planes.lowerBound, planes.upperBound, a.input(1), a.input(0), a.output())
      }
    }

    package func flops(for signature: Signature) -> Int { 0 }

    package func pullback(_ call: PullbackCall) -> [Value?] {
      guard let g = call.gradient else { return [nil, nil] }
      return [g.builder.apply(Gradient(windows), g, call.inputs[1]), nil]
    }

    package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
      [windows.select(from: inputs[0], by: inputs[1])]
    }

    package static let samples = [
      Sample(Selection(.init(2)), .uniform([2, 3, 5, 19]), .uniform([2, 3, 5, 19])),
      Sample(Selection(.init(3, stride: 2, padding: 1)), .uniform([1, 2, 7, 6]), .uniform([1, 2, 7, 6])),
    ]
  }
}

extension PoolingWindows {
  /// The place of the first greatest element of x among these.
  fileprivate func winner(_ places: [Int], _ x: ReferenceArray) -> Int? {
    places.max { x.scalars[$0] < x.scalars[$1] || (x.scalars[$0] == x.scalars[$1] && $0 > $1) }
  }

  fileprivate func select(from source: ReferenceArray, by x: ReferenceArray) -> ReferenceArray {
    let chosen = windows(x.shape).map { winner($0.places, x).map { source.scalars[$0] } ?? 0 }
    return ReferenceArray(output(x.shape) ?? [chosen.count], chosen)
  }
}

extension Value {
  /// The greatest element of each square window of `[batch, channels, height, width]`, windows side by side unless a stride is given.
  public func maxPooled(_ side: Int, stride: Int? = nil, padding: Int = 0) -> Value {
    builder.apply(MaxPool(PoolingWindows(side, stride: stride, padding: padding)), self)
  }
}

extension MaxPool: AxisTied {
  /// Examples and channels; rows and columns are untied.
  package func ties(for signature: Signature) -> [AxisTie] { AxisTie.same(0..<2) }

  package var keepsZeros: Bool { true }
}

extension MaxPool: PathPrimitive {
  /// Any element of a window may be its greatest.
  package func reach(_ inputs: [Reach], _ signature: Signature) -> [Reach] {
    AveragePool(windows).reach(inputs, signature)
  }
}

extension MaxPool: FlowPrimitive {}

/// The place that won has all the relevance of its window.
extension MaxPool: RelevanceMovingPrimitive {}

extension MaxPool: UnitwisePrimitive {}

extension MaxPool: ExportablePrimitive {
  package func operators(_ call: inout OperatorCall) -> [Operand] {
    [
      call.apply(
        "MaxPool", call.inputs,
        [
          "kernel_shape": .integers([windows.side, windows.side]),
          "strides": .integers([windows.stride, windows.stride]),
          "pads": .integers([Int](repeating: windows.padding, count: 4)),
        ])
    ]
  }
}
