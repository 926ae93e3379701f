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

  /// The number of elements: the product of the extents.
  public var count: Int { axes.reduce(1, *) }

  /// The extent of one axis; negative axes count from the end (−1 is the innermost).
  public subscript(axis: Int) -> Int { axes[axis < 0 ? axes.count + axis : axis] }

  /// Elements between neighbours along each axis, row-major.
  package var strides: [Int] {
    var strides = [Int](repeating: 1, count: rank)
    for axis in stride(from: rank - 2, through: 0, by: -1) {
      strides[axis] = strides[axis + 1] * axes[axis + 1]
    }
    return strides
  }

  /// As `[2, 3]`.
  public var description: String { "[" + axes.map(String.init).joined(separator: ", ") + "]" }
}
