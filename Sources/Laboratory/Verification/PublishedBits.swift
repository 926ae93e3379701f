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
      ], "c342b72aab2801da188e430ee449dd62e0352208c17958609712ef0c0aedfb2d"),
    PublishedBits(
      "perceptron, moving masks",
      [
        ("model", "mlp(widths: [24])"), ("dataset", digits), ("criterion", "random"), ("sparsity", "0.8"),
        ("dynamics", "rigl(every: 3it)"), ("optimizer", "sgd(momentum: 0.9, weight-decay: 0.0001)"),
        ("learning-rate", "cosine(rate: 0.1)"), ("retraining", "none"), ("schedule", "none"),
      ], "05a99e8e3969b8f847fb490ed1e2a78a8e88e3113cdf015bebcbe66fbbcab3c8"),
    PublishedBits(
      "convolutional, whole filters",
      [
        ("model", "lenet(filters: [4, 6], hidden: 16)"), ("dataset", digits), ("granularity", "filter"),
        ("schedule", "iterative(rounds: 2)"), ("sparsity", "0.5"), ("criterion", "taylor"),
      ], "4684ffe6767b47abdb3b13ca04be2d0c5adf08792a45217c6da080796fce6aea"),
    PublishedBits(
      "residual with batch normalisation, before training",
      [
        ("model", "resnet(widths: [8, 16], blocks: 1)"), ("dataset", digits), ("criterion", "snip"),
        ("schedule", "at-initialisation"), ("sparsity", "0.7"), ("retraining", "none"),
        ("learning-rate", "0.01"), ("optimizer", "sgd(momentum: 0.9)"),
      ], "ce4d85bae7db24d909acee949a9b93119a660f07a2a56ef11ddec1187544960d"),
    PublishedBits(
      "dense connections with batch normalisation, one shot",
      [
        ("model", "densenet(growth: 2, blocks: [1, 1, 1])"), ("dataset", digits), ("sparsity", "0.5"),
        ("training", "4it"), ("evaluation", "4it"), ("batch-size", "8"),
      ], "839d389139eb926c71878d571fe79870ff3ead15311901ce0ec95aed67de72bf"),
    PublishedBits(
      "depthwise, whole units",
      [
        ("model", "mobilenet-v2(width: 0.1, depth: 0.1)"), ("dataset", "gratings(side: 32, classes: 10)"),
        ("granularity", "coupled-unit"), ("sparsity", "0.3"), ("training", "4it"), ("evaluation", "4it"),
        ("batch-size", "8"),
      ], "809456eddcaa059eaf1e569b6c2707083798e47ed8faff07bca6fd7c24f06387"),
    PublishedBits(
      "convolutional, integers",
      [
        ("model", "lenet(filters: [4, 6], hidden: 16)"), ("dataset", digits),
        ("recipe", "recipe(steps: [train, prune(sparsity: 0.5), retrain, quantise(bits: 8)])"),
      ], "52859a78785626c951b8e6823b9ff0ed0bc9d10b864013fba0782cc99cb85da2"),
    PublishedBits(
      "vision transformer, inputs",
      [
        ("model", "vit(width: 16, heads: 2, layers: 1, patch: 8)"),
        ("dataset", "gratings(side: 32, classes: 10)"), ("criterion", "wanda"), ("sparsity", "0.5"),
      ], "1727ffba7c3dc66b9b17722ea03f751f7cc59b9f2147b4d163fb628d0d700423"),
    PublishedBits(
      "transformer encoder, learned mask",
      [
        ("model", "encoder(width: 16, heads: 2, layers: 1)"),
        ("dataset", "topics(length: 16, vocabulary: 64)"), ("learned-mask", "movement"),
        ("sparsity", "0.6"), ("retraining", "none"), ("schedule", "none"),
      ], "823df6e20b07da2050e76ca34428950b9931a8cf2f37e282a68d642c7b01f70d"),
    PublishedBits(
      "causal transformer, second order",
      [
        ("model", "causal-transformer(width: 16, heads: 2, layers: 1)"),
        ("dataset", "induction(training: 96, validation: 16, test: 16, length: 24)"),
        ("criterion", "wood-fisher"), ("sparsity", "0.5"),
      ], "14f7a4c4a127d438bce573c72c69e72eba3866b554f836099c51630016198f04"),
  ]
}
