import Coppice

extension Experiment {
  /// Every shipped allocation with the same criterion, and beside it how much the loss rises where one layer alone is pruned. OWL has a
  /// floor: it is made for blocks of one size, and its band would take all of the small output layer.
  public static let allocationsGlyphs = Experiment(
    "allocations-glyphs",
    question: "How much should each layer give, and does it help to measure what it costs?",
    base: Trial(
      model: .mlp([100, 50]), dataset: .glyphs, training: .iterations(600), evaluation: .iterations(100),
      retraining: .fineTune(.share(0.25))),
    analyses: [.layerSensitivity]
  ) {
    Axis(
      \.allocation,
      [
        .global, .layerWise, .rowWise, .erdosRenyi, .erdosRenyiKernel, .lamp, .owl(floor: .density(0.01)),
        .sensitivity,
      ])
    Axis(\.sparsity, [0.75, 0.9, 0.97])
    Axis(\.seed, 0..<3)
  }
}
