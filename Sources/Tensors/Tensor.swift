/// A Float32 array with a shape, row-major. A value: copies are independent.
public struct Tensor: Hashable, Sendable {
  /// The extents.
  public let shape: Shape
  /// The elements in row-major order; always `shape.count` of them.
  public var scalars: [Float]

  /// An array of these elements. Another number of them than the shape's is an error of the criterion or other part that makes it.
  public init(_ shape: Shape, _ scalars: [Float]) {
    self.shape = shape
    self.scalars = scalars
    guard scalars.count != shape.count else { return }
    ShapeFaults.note("\(scalars.count) scalars do not fill the shape \(shape)")
    self.scalars = [Float](repeating: .nan, count: max(0, shape.count))
  }

  /// An array that holds `value` everywhere.
  public init(repeating value: Float, _ shape: Shape) {
    self.shape = shape
    if shape.count < 0 { ShapeFaults.note("an array of the shape \(shape) cannot be") }
    scalars = [Float](repeating: value, count: max(0, shape.count))
  }

  /// Whether every element is neither infinite nor NaN.
  public var isFinite: Bool { scalars.allSatisfy(\.isFinite) }

  /// Equal shapes and equal bit patterns: stricter than `==` on zeros (−0 ≠ +0), laxer on NaN (NaN = NaN of the same bits).
  package func hasSameBits(as other: Tensor) -> Bool {
    shape == other.shape
      && zip(scalars, other.scalars).allSatisfy { $0.bitPattern == $1.bitPattern }
  }
}
