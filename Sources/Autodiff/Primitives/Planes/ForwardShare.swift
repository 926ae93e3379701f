import CKernels

/// A share of the forward pass of a convolution: some images of all its output channels, or a run of output channels of its only
/// image. A run is a convolution itself, and is computed the way the whole is.
struct ForwardShare {
  /// The convolution of the share; `images` are some of its own.
  let shape: ck_convolution_shape
  let images: Range<Int>
  /// Its output channels among those of the whole.
  let channels: Range<Int>
  /// Where its part of x begins.
  let source: Int
  /// Where its filters begin.
  let filter: Int
  /// Where its part of y begins.
  let target: Int

  /// A kernel that computes every share by `run`, with `scratch` floats more than the convolution takes.
  static func kernel(
    _ shape: ck_convolution_shape, scratch: Int = 0,
    _ run: @escaping @Sendable (KernelArguments, ForwardShare) -> Void
  ) -> Kernel {
    let scratch = scratch + withUnsafePointer(to: shape) { ck_convolution_forward_scratch($0) }
    let isDepthwise = shape.groups == shape.in_channels && shape.groups == shape.out_channels
    guard shape.batch == 1, shape.groups == 1 || isDepthwise else {
      return Kernel(units: shape.batch, scratch: scratch) { arguments, images in
        run(
          arguments,
          ForwardShare(
            shape: shape, images: images, channels: 0..<shape.out_channels, source: 0, filter: 0, target: 0))
      }
    }
    // By Winograd's transforms no run is shorter than their rule asks for.
    let isTransformed = withUnsafePointer(to: shape) { ck_convolution_by_winograd($0) != 0 }
    let length = shape.groups > 1 ? 4 : CK_WINOGRAD_CHANNELS
    let runs = isTransformed ? shape.out_channels / length : (shape.out_channels + length - 1) / length
    return Kernel(units: runs, scratch: scratch) { arguments, range in
      let end = range.upperBound == runs ? shape.out_channels : range.upperBound * length
      run(arguments, ForwardShare(shape, channels: (range.lowerBound * length)..<end))
    }
  }
}

extension ForwardShare {
  /// A run of output channels of a single image: all channels of x, or in a depthwise convolution those of the run.
  private init(_ whole: ck_convolution_shape, channels: Range<Int>) {
    var part = whole
    part.out_channels = channels.count
    var source = 0
    if whole.groups > 1 {
      (part.in_channels, part.groups) = (channels.count, channels.count)
      source = channels.lowerBound * whole.in_height * whole.in_width
    }
    self.init(
      shape: part, images: 0..<1, channels: channels, source: source,
      filter: channels.lowerBound * whole.in_channels / whole.groups * whole.kernel_height
        * whole.kernel_width,
      target: channels.lowerBound * whole.out_height * whole.out_width)
  }
}
