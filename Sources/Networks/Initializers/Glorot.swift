import CoppiceTerms

extension Initializer {
  /// Gaussian Glorot: N(0, 2 / (in + out)). Glorot and Bengio 2010; the lottery ticket paper's choice.
  public static let glorotNormal = Initializer("glorot-normal", version: 1) { fan, random, weights in
    let deviation = (2 / Double(fan.incoming + fan.outgoing)).squareRoot()
    random.fillNormal(weights, mean: 0, standardDeviation: deviation)
  }

  /// Uniform Glorot: U(−a, a) with a = √(6 / (in + out)). Glorot and Bengio 2010.
  public static let glorotUniform = Initializer("glorot-uniform", version: 1) { fan, random, weights in
    let bound = (6 / Double(fan.incoming + fan.outgoing)).squareRoot()
    random.fillUniform(weights, from: Float(-bound), to: Float(bound))
  }
}

extension Shipped<Initializer> {
  static let glorotNormal = Shipped(.glorotNormal, "N(0, 2 / (in + out))", paper: "Glorot and Bengio 2010")

  static let glorotUniform = Shipped(
    .glorotUniform, "U(−a, a) with a = √(6 / (in + out))", paper: "Glorot and Bengio 2010")
}
