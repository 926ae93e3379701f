import CoppiceTerms

extension Criterion {
  /// |θ| · ∂R/∂|θ| / R, R being the sum over all paths from input to output of the product of their weights' magnitudes: the
  /// share of the flow that goes through a weight. No data are looked at.
  public static let synflow = synflow()

  /// `synflow` in rounds: the same share, measured again after each cut.
  ///
  /// H. Tanaka, D. Kunin, D. Yamins, S. Ganguli, "Pruning neural networks without any data by iteratively conserving synaptic
  /// flow", NeurIPS 2020. Shares of a layer add up to 1, so that a layer that is cut shares its flow among fewer weights, and
  /// in many rounds none that all paths go through is emptied before it must be. The paper's rounds are 100, and round k of n
  /// leaves a density of x^(k/n), as here. The network is that of magnitudes, on inputs of 1, without biases, and
  /// normalisations are their scales alone. The paper has no biases, and its code keeps running statistics, which say nothing
  /// before a training. Dividing by R keeps the flow of deep networks in range and changes no order.
  /// - Parameter rounds: in how many cuts a pruning is made, 1…1000.
  public static func synflow(rounds: Int = 1) -> Criterion {
    Criterion("synflow", version: 1, rounds: rounds, needs: .evidence(.flow)) { context in
      try context.scoreEach(from: .flow) { weight, flow in
        Float(Double(weight).magnitude * Double(flow))
      }
    }
  }
}

extension Shipped<Criterion> {
  static let synflow = Shipped(
    .synflow, "the share of all paths' flow that goes through a weight, without data",
    paper: "Tanaka et al. 2020"
  ) { fields in .synflow(rounds: try fields.integer("rounds", .rounds, default: 1)) }
}
