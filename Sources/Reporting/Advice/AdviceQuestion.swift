/// What is asked of the adviser: the four questions by which a way of compression is chosen.
package struct AdviceQuestion: Sendable, Equatable {
  /// What there is too little of.
  package enum Bottleneck: String, Sendable, CaseIterable {
    /// What the network holds while it runs: weights and intermediate values.
    case memory
    /// Time.
    case speed
    /// What the weights take where they are stored.
    case size
    /// Energy.
    case energy
  }

  /// What the network is to run on.
  package enum Target: String, Sendable, CaseIterable {
    case cpu, gpu, mobile, browser, microcontroller
  }

  /// The name of the model.
  package var model: String
  package var bottleneck: Bottleneck
  package var target: Target
  /// How much accuracy may go, as a fraction: 0.01 is one point.
  package var tolerance: Double
  /// How much may be trained beyond the dense network, as a share of its training; `nil` for as much as it takes.
  package var budget: Double?
  /// Examples at once, where time counts: 1 or 64.
  package var batch: Int

  package init(
    model: String, bottleneck: Bottleneck, target: Target = .cpu, tolerance: Double, budget: Double? = nil,
    batch: Int = 1
  ) {
    (self.model, self.bottleneck, self.target) = (model, bottleneck, target)
    (self.tolerance, self.budget, self.batch) = (tolerance, budget, batch)
  }
}
