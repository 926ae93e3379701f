import CoppiceTerms

extension RecipeStep {
  /// Quantises linear layers and convolutions, from here on: their weights are codes of few bits, and with 8 bits so are their inputs.
  /// The quantised network is a round of its own. What is trained or pruned behind it is quantised again.
  ///
  /// - Parameters:
  ///   - bits: 8, or 4 for weights that are stored so and multiplied as floats.
  ///   - calibration: how the ranges of inputs are found.
  ///   - aware: `nil` to quantise the network as it stands, whatever is trained. With a share, 0…1, the `retrain` that follows computes
  ///     with quantised weights and inputs, and gradients pass straight through. Ranges follow its inputs in this share of its steps,
  ///     and hold still behind.
  public static func quantise(
    bits: Int = 8, calibration: Calibration = .minMax(), aware: Double? = nil
  ) -> RecipeStep {
    RecipeStep(
      "quantise", version: 1,
      fields: [
        ("bits", .integer(bits)), ("calibration", .component(calibration.specification)),
      ] + (aware.map { [("aware", .number($0))] } ?? []), quantises: true
    ) { course in
      try course.quantise(CourseQuantisation(bits: bits, calibration: calibration, aware: aware))
    }
  }
}

extension Shipped<RecipeStep> {
  static let quantise = Shipped(
    .quantise(), "makes weights and inputs codes of few bits, after the training or in the one that follows",
    paper: "Jacob et al. 2018"
  ) { fields in
    .quantise(
      bits: try fields.integer("bits", in: 1...32, default: 8),
      calibration: try fields.component("calibration", from: Calibration.catalogue, default: .minMax()),
      aware: try fields.numberIfAny("aware", .number(in: 0...1), as: 0.5))
  }
}
