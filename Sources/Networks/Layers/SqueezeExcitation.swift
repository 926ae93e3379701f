import CoppiceAutodiff

/// A gate for each channel of `[batch, channels, height, width]`: `x · sigmoid(fc2(silu(fc1(mean of x))))` (Hu et al. 2018). Parts, named
/// as torchvision does: the 1×1 convolutions `fc1` to `squeezed` channels and `fc2` back.
public struct SqueezeExcitation: Layer {
  /// Channels between the two convolutions.
  public var squeezed: Int

  /// A gate over `squeezed` channels.
  public init(squeezed: Int) { self.squeezed = squeezed }

  /// Adds the gate to the trace.
  public func trace(_ x: Value, _ scope: Scope) -> Value {
    guard x.shape.rank == 4 else {
      return scope.refuse("squeeze-excitation", "takes [batch, channels, height, width], not \(x.shape)")
    }
    let (channels, height, width) = (x.shape[1], x.shape[2], x.shape[3])
    let mean = GlobalAveragePool()(x, scope).splittingAxis(1, into: [channels, 1, 1])
    let inner = Convolution(squeezed, kernel: 1)(mean, scope["fc1"]).silu
    let gate = Convolution(channels, kernel: 1)(inner, scope["fc2"]).sigmoid.flattened(from: 1)
    return x * gate.expanded(at: 2, count: height * width).splittingAxis(2, into: [height, width])
  }
}
