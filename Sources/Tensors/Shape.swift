/// The extents of an array, outermost axis first, row-major: `[batch, channels, height, width]`.
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral, CustomStringConvertible {
  /// The extents, one per axis; empty for a scalar.
  public let axes: [Int]

  /// A shape with these extents.
  public init(_ axes: [Int]) { self.axes = axes }

  /// A shape with these extents.
  public init(arrayLiteral axes: Int...) { self.axes = axes }

  /// The shape of one number.
  public static let scalar: Shape = []

  /// The number of axes.
  public var rank: Int { axes.count }

  /// The number of elements: the product of the extents. `Int.max` where it is too large to count.
  public var count: Int { axes.product }

  /// The extent of one axis; negative axes count from the end (−1 is the innermost).
  ///
  /// An axis that is not there is an error of the layer, criterion or other part that asks: it ends with that part's name. Until it
  /// is told, the axis counts as one of `Shape.unknownExtent`.
  public subscript(axis: Int) -> Int {
    let place = axis < 0 ? axes.count + axis : axis
    guard axes.indices.contains(place) else {
      ShapeFaults.note(
        "axis \(axis) is asked for of the shape \(self), which has \(rank == 1 ? "one axis" : "\(rank) axes")"
      )
      return Self.unknownExtent
    }
    return axes[place]
  }

  /// What stands for an extent that is not known, because something went wrong before: divisible by 1 to 10 and larger than what is
  /// cut off an axis, so that whoever computes with it goes on to where the error is told.
  package static let unknownExtent = 2520

  /// Elements between neighbours along each axis, row-major.
  package var strides: [Int] {
    var strides = [Int](repeating: 1, count: rank)
    for axis in stride(from: rank - 2, through: 0, by: -1) {
      strides[axis] = strides[axis + 1].times(axes[axis + 1])
    }
    return strides
  }

  /// As `[2, 3]`.
  public var description: String { "[" + axes.map(String.init).joined(separator: ", ") + "]" }
}
