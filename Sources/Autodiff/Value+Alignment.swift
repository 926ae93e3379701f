import CoppiceTensors

extension Value {
  /// Two values brought to one shape for an elementwise operation. Equal shapes stay. A scalar is repeated to the other's shape,
  /// and so is a shape that is the tail of the other's: a bias `[features]` with `[batch, features]`. Nothing else is repeated in
  /// silence: say `expanded(at:count:)`.
  static func aligned(_ a: Value, _ b: Value) -> (Value, Value) {
    if a.shape == b.shape { return (a, b) }
    if a.shape.rank < b.shape.rank { return (a.repeated(to: b.shape), b) }
    return (a, b.repeated(to: a.shape))
  }

  /// The value repeated along leading axes until it has `shape`, whose tail its own shape must be.
  private func repeated(to shape: Shape) -> Value {
    let missing = shape.rank - self.shape.rank
    guard missing > 0, Array(shape.axes.suffix(self.shape.rank)) == self.shape.axes else {
      builder.fail("elementwise", "the shapes \(self.shape) and \(shape) do not go together")
      return self
    }
    let leading = Array(shape.axes.prefix(missing))
    let repeated = expanded(at: 0, count: Shape(leading).count)
    return missing == 1 ? repeated : repeated.splittingAxis(0, into: leading)
  }
}
