import CoppiceTensors

extension Value {
  /// The mean of the squared differences from `target`, a scalar: `Σ (x − t)² / count`.
  public func meanSquaredError(_ target: Value) -> Value {
    let difference = self - target
    return difference.sumOfSquares.scaled(by: 1 / Float(max(1, difference.shape.count)))
  }
}
