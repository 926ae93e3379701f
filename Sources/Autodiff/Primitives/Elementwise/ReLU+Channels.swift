import CKernels
import CoppiceTensors

extension ReLU {
  /// The gradient through a rectifier and its sum by channels, the gradient of a bias before it: from g and the output y,
  /// `[batch, channels, …]`, `z = y > 0 ? g : 0` and `s[c] = Σ z[n, c, …]`. In one pass, for both wait for memory.
  package struct ChannelGradient: FusedPrimitive {
    package static let name = "relu-channel-gradient"

    package init() {}

    package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
      guard inputs.count == 2, inputs[0] == inputs[1], inputs[0].element == .float32,
        inputs[0].shape.rank >= 2
      else { throw ShapeError("takes gradient and output [batch, channels, …], not \(inputs.listed)") }
      return [inputs[0], ValueType([inputs[0].shape[1]])]
    }

    package func kernel(for signature: Signature) -> Kernel {
      let (rows, channels) = (RowExtents(signature.input(0), axis: 1), signature.output(1)[0])
      return Kernel(units: channels) { arguments, range in
        ck_relu_gradient_sums(
          rows.outer, channels, rows.inner, range.lowerBound, range.upperBound, arguments.input(0),
          arguments.input(1), arguments.output(0), arguments.output(1))
      }
    }

    package var donations: [(input: Int, output: Int)] { [(0, 0), (1, 0)] }

    package func definition(_ inputs: [Value]) -> [Value] {
      let z = inputs[0].builder.apply(Gradient(), inputs[0], inputs[1])
      return [z, z.channelSum]
    }

    package static let samples = [
      Sample(ChannelGradient(), .uniform([3, 5, 4, 7]), .uniform([3, 5, 4, 7])),
      Sample(ChannelGradient(), .uniform([9, 33]), .uniform([9, 33])),
      Sample(ChannelGradient(), .uniform([2, 67, 81]), .uniform([2, 67, 81])),
    ]
  }
}

extension ReLU {
  /// The same where the output was pooled next: from the gradient g `[batch, channels, rows, columns]` of the greatest elements of
  /// y's windows. The gradient of y is never stored by itself. `Graph.fusingRectifiers` puts it in.
  package struct PooledChannelGradient: FusedPrimitive {
    package static let name = "max-pool-relu-channel-gradient"
    package let windows: PoolingWindows

    package init(_ windows: PoolingWindows) { self.windows = windows }

    package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
      guard inputs.count == 2, inputs[0].element == .float32,
        inputs[0].shape == windows.output(inputs[1].shape)
      else { throw ShapeError("takes a gradient of \(windows) and what was pooled, not \(inputs.listed)") }
      return [inputs[1], ValueType([inputs[1].shape[1]])]
    }

    package func kernel(for signature: Signature) -> Kernel {
      let y = signature.input(1)
      guard let shape = windows.shape(y) else { return Kernel { _, _ in } }
      return Kernel(units: y[1]) { arguments, range in
        withUnsafePointer(to: shape) {
          ck_max_pool_relu_gradient_sums(
            $0, y[0], y[1], range.lowerBound, range.upperBound, arguments.input(0), arguments.input(1),
            arguments.output(0), arguments.output(1))
        }
      }
    }

    package func flops(for signature: Signature) -> Int {
      signature.input(0).count + signature.output().count + signature.output(1).count
    }

    package func definition(_ inputs: [Value]) -> [Value] {
      let builder = inputs[0].builder
      let gradient = builder.apply(MaxPool.Gradient(windows), inputs[0], inputs[1])
      return builder.applyAll(ChannelGradient(), [gradient, inputs[1]])
    }

    package static let samples = [
      Sample(PooledChannelGradient(.init(2)), .uniform([2, 67, 2, 9]), .uniform([2, 67, 5, 19])),
      Sample(PooledChannelGradient(.init(2)), .uniform([3, 2, 4, 16]), .uniform([3, 2, 8, 32])),
      Sample(PooledChannelGradient(.init(1)), .uniform([2, 3, 1, 1]), .uniform([2, 3, 1, 1])),
      Sample(
        PooledChannelGradient(.init(3, stride: 2, padding: 1)), .uniform([1, 2, 4, 3]),
        .uniform([1, 2, 7, 6])),
    ]
  }
}

extension Value {
  /// This gradient through a convolution's rectifier, if it has one, and its sum by channels, if it has a bias; from the
  /// convolution's output.
  func throughRectifier(of output: Value, _ rectifies: Bool, hasBias: Bool) -> (
    gradient: Value, bias: [Value]
  ) {
    if rectifies && hasBias {
      let both = builder.applyAll(ReLU.ChannelGradient(), [self, output])
      return (both[0], [both[1]])
    }
    let gradient = rectifies ? builder.apply(ReLU.Gradient(), self, output) : self
    return (gradient, hasBias ? [gradient.channelSum] : [])
  }
}
