import CoppiceTensors

/// Which places are kept along the axes of parameters and states, where some are removed. Names carry it from the graph it was decided
/// on to those of other batches, and to weights, running statistics and moments.
package struct KeptAxes: Hashable, Sendable {
  /// One axis of a leaf from which something is removed.
  package struct Axis: Hashable, Sendable {
    /// The leaf's name: `fc1.weight`.
    package let leaf: String
    /// The axis, counted from 0.
    package let axis: Int
    /// The places along it before.
    package let extent: Int
    /// The places that are kept, ascending, at least one.
    package let places: [Int]

    package init(_ leaf: String, axis: Int, of extent: Int, _ places: [Int]) {
      (self.leaf, self.axis, self.extent, self.places) = (leaf, axis, extent, places)
    }
  }

  /// The axes from which something is removed, in the order of the leaves.
  package let axes: [Axis]

  package init(_ axes: [Axis]) { self.axes = axes }

  /// Whether nothing is removed.
  package var isEmpty: Bool { axes.isEmpty }

  /// The places kept along each axis of a leaf of that shape.
  private func places(_ leaf: String, _ shape: Shape) -> [[Int]] {
    let own = axes.filter { $0.leaf == leaf }
    return shape.axes.enumerated().map { axis, extent in
      own.first { $0.axis == axis }?.places ?? Array(0..<extent)
    }
  }

  /// Why these are no places of a leaf of that shape; `nil` where they are.
  package func fault(_ leaf: String, _ shape: Shape) -> String? {
    for axis in axes where axis.leaf == leaf {
      guard axis.axis < shape.rank, shape[axis.axis] == axis.extent else {
        return "\(leaf) is shaped \(shape), and places are kept of \(axis.extent) along axis \(axis.axis)"
      }
      guard let first = axis.places.first, first >= 0, (axis.places.last ?? first) < axis.extent,
        zip(axis.places, axis.places.dropFirst()).allSatisfy({ $0 < $1 })
      else { return "the places kept along axis \(axis.axis) of \(leaf) are not some of its \(axis.extent)" }
    }
    return nil
  }

  /// The shape that is left of a leaf's.
  package func shape(_ leaf: String, _ shape: Shape) -> Shape {
    Shape(places(leaf, shape).map(\.count))
  }

  /// The elements that are left of a leaf of that shape, row-major, ascending.
  private func elements(_ leaf: String, _ shape: Shape) -> [Int] {
    zip(places(leaf, shape), shape.axes).reduce([0]) { elements, axis in
      elements.flatMap { element in axis.0.map { element * axis.1 + $0 } }
    }
  }

  /// What is left of an array that goes with a leaf: the leaf itself, its moment.
  package func sliced(_ leaf: String, _ tensor: Tensor) -> Tensor {
    guard axes.contains(where: { $0.leaf == leaf }) else { return tensor }
    return Tensor(
      shape(leaf, tensor.shape), elements(leaf, tensor.shape).map { tensor.scalars[$0] })
  }

  /// What is left of a leaf's mask.
  package func sliced(_ leaf: String, _ mask: Mask) -> Mask {
    guard axes.contains(where: { $0.leaf == leaf }) else { return mask }
    return Mask(shape(leaf, mask.shape), elements(leaf, mask.shape).map { mask.bytes[$0] })
  }

  /// A whole array whose kept elements are those of a sliced one.
  package func scattered(_ leaf: String, _ sliced: Tensor, into whole: Tensor) -> Tensor {
    guard axes.contains(where: { $0.leaf == leaf }) else { return sliced }
    var whole = whole
    for (element, scalar) in zip(elements(leaf, whole.shape), sliced.scalars) {
      whole.scalars[element] = scalar
    }
    return whole
  }
}
