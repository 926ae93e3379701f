import CoppiceTensors
import CoppiceTerms

extension Calibration {
  /// The range of all inputs, made narrower by the factor that makes Σ (x − x̂)² least, x̂ being what stands for an input x: what is held
  /// at the ends against wider steps. The factors are 1, 0.99, … 0.2; of equal ones the widest range counts. Inputs are taken to lie in
  /// the middle of the bins of a histogram of 2048.
  public static func meanSquaredError(batches: Int = 10) -> Calibration {
    Calibration("mse", version: 1, batches: batches, takesHistogram: true) { spread in
      let inputs = spread.counts.enumerated().compactMap { bin, count in
        count > 0 ? (number: Float(spread.middle(of: bin)), count: Double(count)) : nil
      }
      var best = (error: Double.infinity, below: spread.below, above: spread.above)
      for percent in (20...100).reversed() {
        let factor = Float(percent) / 100
        let (below, above) = (spread.below * factor, spread.above * factor)
        let code = AffineCode(below: below, above: above)
        let error = inputs.reduce(0) { sum, input in
          let difference = Double(input.number) - Double(code.nearest(input.number))
          return sum + input.count * difference * difference
        }
        if error < best.error { best = (error, below, above) }
      }
      return (best.below, best.above)
    }
  }
}

extension Shipped<Calibration> {
  static let meanSquaredError = Shipped(
    .meanSquaredError(), "the range in which codes stand for inputs with the least squared error"
  ) { fields in
    .meanSquaredError(batches: try fields.integer("batches", in: Repair.possibleBatches, default: 10))
  }
}
