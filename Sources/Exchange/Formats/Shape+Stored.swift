import CoppiceTensors

extension Shape {
  /// A shape with extents of a file.
  ///
  /// - Returns: `nil` where an extent is negative, there are more than 64 axes, or more elements than can be counted.
  init?(stored axes: [Int]) {
    guard axes.count <= 64, axes.allSatisfy({ $0 >= 0 }) else { return nil }
    self.init(axes)
    // Eight bytes an element at the most.
    guard axes.contains(0) || axes.product.times(8) < Int.max else { return nil }
  }
}
