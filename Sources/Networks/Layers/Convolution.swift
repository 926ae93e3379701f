import CoppiceAutodiff
import CoppiceTensors

/// A two-dimensional convolution on `[batch, in, height, width]`, giving `[batch, out, …]` with sides of
/// `(side + 2 · padding − kernel) / stride + 1`, rounded down; with `rectifies`, a ReLU behind it in the same pass.
/// Parameters: `weight` `[out, in / groups, kernel, kernel]` (prunable) and `bias` `[out]`, which starts at 0.
public struct Convolution: Layer {
  /// Channels it gives.
  public var outputs: Int
  /// The side of its square filters.
  public var kernel: Int
  /// Places between neighbouring windows.
  public var stride = 1
  /// Rows and columns of zeros around each channel.
  public var padding = 0
  /// Groups of channels that do not see each other.
  public var groups = 1
  /// Whether it adds a bias.
  public var hasBias = true
  /// Whether a ReLU follows.
  public var rectifies = false

  /// A layer of `outputs` filters with sides of `kernel`.
  public init(
    _ outputs: Int, kernel: Int, stride: Int = 1, padding: Int = 0, groups: Int = 1, hasBias: Bool = true,
    rectifies: Bool = false
  ) {
    self.outputs = outputs
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
    self.groups = groups
    self.hasBias = hasBias
    self.rectifies = rectifies
  }

  /// Adds the convolution to the trace.
  public func trace(_ x: Value, _ scope: Scope) -> Value {
    guard x.shape.rank == 4, groups >= 1 else {
      return scope.refuse(
        "convolution",
        "takes [batch, channels, height, width] in 1 group or more, not \(x.shape) in \(groups)")
    }
    let weight = scope.parameter("weight", [outputs, x.shape[1] / groups, kernel, kernel], isPrunable: true)
    let bias = hasBias ? scope.parameter("bias", [outputs], .zeros) : nil
    return x.convolution(
      weight, bias: bias, stride: stride, padding: padding, groups: groups, rectifies: rectifies)
  }
}
