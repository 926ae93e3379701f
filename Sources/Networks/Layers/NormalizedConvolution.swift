import CoppiceAutodiff

/// A convolution without bias, batch normalisation and an activation on `[batch, in, height, width]`, padded so that a stride of 1 keeps
/// the sides. Parts, named as torchvision's `Conv2dNormActivation` does: the convolution `0` and the normalisation `1`.
public struct NormalizedConvolution: Layer {
  /// Channels it gives.
  public var outputs: Int
  /// The side of its square filters, odd.
  public var kernel: Int
  /// Places between neighbouring windows.
  public var stride: Int
  /// Groups of channels that do not see each other.
  public var groups: Int
  /// What follows the normalisation.
  public var activation: Activation

  /// A layer of `outputs` filters with sides of `kernel`.
  public init(
    _ outputs: Int, kernel: Int, stride: Int = 1, groups: Int = 1, activation: Activation = .identity
  ) {
    self.outputs = outputs
    self.kernel = kernel
    self.stride = stride
    self.groups = groups
    self.activation = activation
  }

  /// Adds the three to the trace.
  public func trace(_ x: Value, _ scope: Scope) -> Value {
    let convolution = Convolution(
      outputs, kernel: kernel, stride: stride, padding: (kernel - 1) / 2, groups: groups, hasBias: false)
    return activation(BatchNormalization()(convolution(x, scope["0"]), scope["1"]))
  }
}
