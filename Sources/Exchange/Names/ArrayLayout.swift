import CoppiceTensors

/// How another library lays out an array of ours.
package enum ArrayLayout: Hashable, Sendable {
  /// As we do.
  case same
  /// A linear layer as `[in, out]`, ours being `[out, in]`: Keras, and GPT-2's `Conv1D`.
  case transposed
  /// A convolution as `[height, width, in, out]`, ours being `[out, in, height, width]`: Keras.
  case channelsLast
  /// A linear layer behind a flattened image, as `[height · width · channels, out]`; ours is `[out, channels · height · width]`.
  case flattenedChannelsLast(channels: Int)

  /// The shape there of an array that has this shape here; `nil` where there is none.
  package func foreign(_ shape: Shape) -> Shape? {
    order(of: shape).map { order in
      let viewed = Shape(order.axes.map { order.view[$0] })
      if case .flattenedChannelsLast = self { return [viewed[0] * viewed[1], viewed[2]] }
      return viewed
    }
  }

  /// An array of ours as it lies there.
  package func foreign(_ tensor: Tensor) -> Tensor {
    guard self != .same, let order = order(of: tensor.shape), let shape = foreign(tensor.shape) else {
      return tensor
    }
    return Tensor(shape, Self.reordered(tensor.scalars, order.view, by: order.axes))
  }

  /// An array from there as ours, of this shape.
  package func own(_ tensor: Tensor, _ shape: Shape) -> Tensor {
    guard self != .same, let order = order(of: shape) else { return Tensor(shape, tensor.scalars) }
    var back = order.axes
    for (place, axis) in order.axes.enumerated() { back[axis] = place }
    return Tensor(shape, Self.reordered(tensor.scalars, order.axes.map { order.view[$0] }, by: back))
  }

  /// The extents that an array of ours is seen with, and which of these axes there is each.
  private func order(of shape: Shape) -> (view: [Int], axes: [Int])? {
    switch self {
    case .same: (shape.axes, Array(shape.axes.indices))
    case .transposed: shape.rank == 2 ? (shape.axes, [1, 0]) : nil
    case .channelsLast: shape.rank == 4 ? (shape.axes, [2, 3, 1, 0]) : nil
    case .flattenedChannelsLast(let channels):
      shape.rank == 2 && channels > 0 && shape[1] % channels == 0
        ? ([shape[0], channels, shape[1] / channels], [2, 1, 0]) : nil
    }
  }

  /// The elements of an array of these extents with its axes in another order.
  private static func reordered(_ scalars: [Float], _ extents: [Int], by axes: [Int]) -> [Float] {
    let strides = Shape(extents).strides
    let (sizes, steps) = (axes.map { extents[$0] }, axes.map { strides[$0] })
    guard let inner = sizes.last, let step = steps.last, !scalars.isEmpty else { return scalars }
    return [Float](unsafeUninitializedCapacity: scalars.count) { result, count in
      scalars.withUnsafeBufferPointer { scalars in
        var (places, offset) = ([Int](repeating: 0, count: sizes.count - 1), 0)
        while count < scalars.count {
          for place in 0..<inner {
            result.initializeElement(at: count + place, to: scalars[offset + place * step])
          }
          count += inner
          var axis = places.count - 1
          while axis >= 0 {
            places[axis] += 1
            offset += steps[axis]
            if places[axis] < sizes[axis] { break }
            offset -= places[axis] * steps[axis]
            places[axis] = 0
            axis -= 1
          }
        }
      }
    }
  }
}
