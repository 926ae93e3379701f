import CoppiceAutodiff
import CoppiceTensors

/// The bottleneck block of He et al. 2016 on `[batch, channels, height, width]`: a 1×1 convolution to `width` channels, a 3×3 one, which
/// has the stride, and a 1×1 one to four times as many, each with batch normalisation, and ReLU behind the first two and the sum. The
/// shortcut is x itself or, where the shape changes, a 1×1 convolution with batch normalisation. Parts, named as torchvision does:
/// `conv1 … conv3`, `bn1 … bn3`, `downsample.0` and `downsample.1`.
public struct BottleneckBlock: Layer {
  /// Channels of the inner convolutions; the block gives four times as many.
  public var width: Int
  /// The stride of its 3×3 convolution.
  public var stride: Int

  /// A block with `width` inner channels.
  public init(_ width: Int, stride: Int = 1) {
    self.width = width
    self.stride = stride
  }

  /// Adds the block to the trace.
  public func trace(_ x: Value, _ scope: Scope) -> Value {
    guard x.shape.rank == 4 else {
      return scope.refuse("bottleneck-block", "takes [batch, channels, height, width], not \(x.shape)")
    }
    func convolved(
      _ x: Value, _ channels: Int, kernel: Int = 1, stride: Int = 1, _ name: String, _ normalization: String
    ) -> Value {
      let layer = Convolution(
        channels, kernel: kernel, stride: stride, padding: kernel / 2, hasBias: false)
      return BatchNormalization()(layer(x, scope[name]), scope[normalization])
    }
    let outputs = width.times(4)
    let first = convolved(x, width, "conv1", "bn1").relu
    let second = convolved(first, width, kernel: 3, stride: stride, "conv2", "bn2").relu
    let residual = convolved(second, outputs, "conv3", "bn3")
    let isSame = stride == 1 && x.shape[1] == outputs
    let shortcut = isSame ? x : convolved(x, outputs, stride: stride, "downsample.0", "downsample.1")
    return (residual + shortcut).relu
  }
}
