import CoppiceTensors

/// An array seen along one axis: `outer` rows, each of the axis's extent times `inner` neighbouring elements.
struct RowExtents {
  let outer: Int
  let inner: Int
  /// Elements of one row.
  let length: Int

  init(_ shape: Shape, axis: Int) {
    outer = shape.axes.prefix(axis).product
    inner = shape.axes.dropFirst(axis + 1).product
    length = shape[axis] * inner
  }
}
