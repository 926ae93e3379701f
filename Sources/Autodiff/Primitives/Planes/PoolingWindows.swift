import CKernels
import CoppiceTensors

/// The square windows of a pooling layer: their side, their stride, and the rows and columns around the plane, at most half
/// a side.
package struct PoolingWindows: Hashable, Sendable, CustomStringConvertible {
  package let side: Int
  package let stride: Int
  package let padding: Int

  /// Windows side by side unless a stride is given.
  package init(_ side: Int, stride: Int? = nil, padding: Int = 0) {
    self.side = side
    self.stride = stride ?? side
    self.padding = padding
  }

  package var description: String { "windows of \(side), stride \(stride), padding \(padding)" }

  /// The kernels' form for x `[batch, channels, height, width]`; `nil` where the windows do not fit.
  func shape(_ x: Shape) -> ck_pooling_shape? {
    guard x.rank == 4, side >= 1, stride >= 1, padding >= 0, padding <= side / 2 else { return nil }
    guard side <= GraphBuilder.mostElements else { return nil }
    let (height, width) = (x[2] + 2 * padding - side, x[3] + 2 * padding - side)
    guard height >= 0, width >= 0 else { return nil }
    return ck_pooling_shape(
      in_height: x[2], in_width: x[3], out_height: height / stride + 1, out_width: width / stride + 1,
      kernel_height: side, kernel_width: side, stride_h: stride, stride_w: stride, pad_h: padding,
      pad_w: padding)
  }

  /// The shape of the pooled array.
  func output(_ x: Shape) -> Shape? { shape(x).map { [x[0], x[1], $0.out_height, $0.out_width] } }

  /// The shape rule of an operation from x to its windows.
  func pooled(_ x: ValueType) throws(ShapeError) -> ValueType {
    guard x.element == .float32, let output = output(x.shape) else {
      throw ShapeError("takes an array [batch, channels, height, width] that holds \(self), not \(x)")
    }
    return ValueType(output)
  }

  /// A kernel over the planes of x `[batch, channels, height, width]`, which threads share.
  func kernel(
    _ x: Shape,
    _ body:
      @escaping @Sendable (UnsafePointer<ck_pooling_shape>, _ planes: Range<Int>, KernelArguments) -> Void
  ) -> Kernel {
    guard let shape = shape(x) else { return Kernel { _, _ in } }
    return Kernel(units: x[0] * x[1]) { arguments, planes in
      withUnsafePointer(to: shape) { body($0, planes, arguments) }
    }
  }

  /// For each place of the output, the places of its window in x, in order.
  func windows(_ x: Shape) -> [(output: Int, places: [Int])] {
    guard let s = shape(x) else { return [] }
    return ReferenceArray.coordinates(of: [x[0] * x[1], s.out_height, s.out_width]).enumerated().map {
      output, at in
      let places = ReferenceArray.coordinates(of: [side, side]).compactMap { step -> Int? in
        let (row, column) = (at[1] * stride + step[0] - padding, at[2] * stride + step[1] - padding)
        guard (0..<x[2]).contains(row), (0..<x[3]).contains(column) else { return nil }
        return (at[0] * x[2] + row) * x[3] + column
      }
      return (output, places)
    }
  }
}
