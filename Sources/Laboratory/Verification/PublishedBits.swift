import CoppiceTerms

/// The published digests: one small trial of every family of models, by different methods, on embedded data. Any machine gives these
/// bits, or its results are not those of others.
package struct PublishedBits: Sendable {
  /// What the network is of: `convolutional, batch normalisation`.
  package let family: String
  /// The settings that are not at their defaults, as text.
  package let settings: [(name: String, text: String)]
  /// SHA-256 of its results.
  package let digest: String

  /// The version of the numerics contract that the digests hold for.
  package static let numerics = 5

  /// The trial.
  ///
  /// - Throws: what is wrong with its settings.
  package func trial() throws -> Trial {
    var trial = Trial(
      training: .iterations(12), evaluation: .iterations(6), retraining: .fineTune(.share(0.5)))
    trial.batchSize = 16
    trial.scoringBatch = 16
    for (name, text) in settings { try Settings.named(name).set(&trial, text) }
    return trial
  }

  /// Its trial with what is known of it.
  package func known() throws -> KnownTrial {
    KnownTrial(name: family, trial: try trial(), results: .digest(digest, in: "the published vector"))
  }

  private init(_ family: String, _ settings: [(name: String, text: String)], _ digest: String) {
    (self.family, self.settings, self.digest) = (family, settings, digest)
  }

  private static let digits = "glyphs(training: 96, validation: 32, test: 32)"

  /// All of them. `coppice doctor --bits --list` prints the digests anew where the contract has changed.
  package static let all: [PublishedBits] = [
    PublishedBits(
      "perceptron, lottery ticket",
      [
        ("model", "mlp(widths: [24, 16])"), ("dataset", digits),
        ("schedule", "lottery-ticket(rounds: 2, rate: 0.5)"), ("retraining", "rewind(to: 2it)"),
      ], ""),
    PublishedBits(
      "perceptron, moving masks",
      [
        ("model", "mlp(widths: [24])"), ("dataset", digits), ("criterion", "random"), ("sparsity", "0.8"),
        ("dynamics", "rigl(every: 3it)"), ("optimizer", "sgd(momentum: 0.9, weight-decay: 0.0001)"),
        ("learning-rate", "cosine(rate: 0.1)"), ("retraining", "none"), ("schedule", "none"),
      ], ""),
    PublishedBits(
      "convolutional, whole filters",
      [
        ("model", "lenet(filters: [4, 6], hidden: 16)"), ("dataset", digits), ("granularity", "filter"),
        ("schedule", "iterative(rounds: 2)"), ("sparsity", "0.5"), ("criterion", "taylor"),
      ], ""),
    PublishedBits(
      "residual with batch normalisation, before training",
      [
        ("model", "resnet(widths: [8, 16], blocks: 1)"), ("dataset", digits), ("criterion", "snip"),
        ("schedule", "at-initialisation"), ("sparsity", "0.7"), ("retraining", "none"),
        ("learning-rate", "0.01"), ("optimizer", "sgd(momentum: 0.9)"),
      ], ""),
    PublishedBits(
      "dense connections with batch normalisation, one shot",
      [("model", "densenet(growth: 4, blocks: [2, 2, 2])"), ("dataset", digits), ("sparsity", "0.5")], ""),
    PublishedBits(
      "depthwise, whole units",
      [
        ("model", "mobilenet-v2(width: 0.1, depth: 0.1)"), ("dataset", "gratings(side: 32, classes: 10)"),
        ("granularity", "coupled-unit"), ("sparsity", "0.3"), ("training", "4it"), ("evaluation", "4it"),
        ("batch-size", "8"),
      ], ""),
    PublishedBits(
      "convolutional, integers",
      [
        ("model", "lenet(filters: [4, 6], hidden: 16)"), ("dataset", digits),
        ("recipe", "recipe(steps: [train, prune(sparsity: 0.5), retrain, quantise(bits: 8)])"),
      ], ""),
    PublishedBits(
      "vision transformer, inputs",
      [
        ("model", "vit(width: 16, heads: 2, layers: 1, patch: 8)"),
        ("dataset", "gratings(side: 32, classes: 10)"), ("criterion", "wanda"), ("sparsity", "0.5"),
      ], ""),
    PublishedBits(
      "transformer encoder, learned mask",
      [
        ("model", "encoder(width: 16, heads: 2, layers: 1)"),
        ("dataset", "topics(length: 16, vocabulary: 64)"), ("learned-mask", "movement"),
        ("sparsity", "0.6"), ("retraining", "none"), ("schedule", "none"),
      ], ""),
    PublishedBits(
      "causal transformer, second order",
      [
        ("model", "causal-transformer(width: 16, heads: 2, layers: 1)"),
        ("dataset", "induction(training: 96, validation: 16, test: 16, length: 24)"),
        ("criterion", "wood-fisher"), ("sparsity", "0.5"),
      ], ""),
  ]
}
