import CoppiceAutodiff
import CoppiceTensors

extension Evidence {
  /// Σ x² over every input x that a weight is multiplied by: over the batch and its positions, and over every place where the
  /// weight is read. Shaped like the weight.
  ///
  /// For a linear weight `[out, in]` entry (o, i) is Σ xᵢ² over all rows of x, ‖Xᵢ‖² of column i, the same for every o. For a
  /// convolution `[out, in, height, width]` the sum is over every position of the window; the zeros around the plane add nothing.
  ///
  /// Every operation that reads a weight is linear in it, so its derivative by the weight at the input x² is this sum, padding,
  /// stride and groups included. Ones stand in for the weight and the bias, so that a rectifier behind them is open everywhere.
  public static let inputSquares = Evidence("input-squares", version: 1) { trace in
    var sums: [(name: String, value: Value)] = []
    for site in trace.sites {
      let ones = site.inputs.dropFirst().map { trace.builder.constant(1, $0.shape) }
      let outputs = trace.builder.applyAll(site.primitive, [site.input * site.input] + ones)
      guard let output = outputs.first, let weight = ones.first else { continue }
      let derivative = trace.builder.gradients(
        of: [output], seeds: [trace.builder.constant(1, output.shape)], wrt: [weight])[0]
      // A fast convolution may leave a sum of zeros just below 0.
      guard let squares = derivative?.relu else { continue }
      if let known = sums.firstIndex(where: { $0.name == site.parameter }) {
        sums[known].value = sums[known].value + squares
      } else {
        sums.append((site.parameter, squares))
      }
    }
    return sums
  }
}
