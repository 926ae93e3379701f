import CoppiceTensors

/// A Double-precision array, the currency of the oracle. Integers and bytes are held as Doubles too.
package struct ReferenceArray: Hashable, Sendable {
  package let shape: Shape
  package var scalars: [Double]

  package init(_ shape: Shape, _ scalars: [Double]) {
    precondition(scalars.count == shape.count, "\(scalars.count) scalars do not fill \(shape)")
    self.shape = shape
    self.scalars = scalars
  }

  package init(repeating value: Double, _ shape: Shape) {
    self.init(shape, [Double](repeating: value, count: shape.count))
  }

  /// The element at these coordinates.
  package subscript(_ coordinates: [Int]) -> Double {
    get { scalars[offset(coordinates)] }
    set { scalars[offset(coordinates)] = newValue }
  }

  package subscript(_ coordinates: Int...) -> Double {
    get { scalars[offset(coordinates)] }
    set { scalars[offset(coordinates)] = newValue }
  }

  private func offset(_ coordinates: [Int]) -> Int {
    zip(coordinates, shape.axes).reduce(0) { $0 * $1.1 + $1.0 }
  }

  package func map(_ transform: (Double) -> Double) -> ReferenceArray {
    ReferenceArray(shape, scalars.map(transform))
  }

  /// Every coordinate of `shape`, row-major.
  package static func coordinates(of shape: Shape) -> [[Int]] {
    shape.axes.reduce([[]]) { prefixes, extent in prefixes.flatMap { p in (0..<extent).map { p + [$0] } } }
  }
}
