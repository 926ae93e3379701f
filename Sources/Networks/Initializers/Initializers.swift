extension Initializer {
  /// The shipped ways to draw a weight, with their default parameters.
  package static let all: [Initializer] = [
    .glorotNormal, .glorotUniform, .kaimingNormal, .kaimingUniform, .lecunNormal, .truncatedNormal(),
  ]
}
