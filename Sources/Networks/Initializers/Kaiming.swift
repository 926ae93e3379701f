import CoppiceTerms

extension Initializer {
  /// Gaussian Kaiming for rectifiers: N(0, 2 / in). He et al. 2015.
  public static let kaimingNormal = Initializer("kaiming-normal", version: 1) { fan, random, weights in
    random.fillNormal(weights, mean: 0, standardDeviation: (2 / Double(fan.incoming)).squareRoot())
  }

  /// U(−1/√in, 1/√in): PyTorch's default for linear and convolution layers (Kaiming uniform with a = √5).
  public static let kaimingUniform = Initializer("kaiming-uniform", version: 1) { fan, random, weights in
    let bound = 1 / Double(fan.incoming).squareRoot()
    random.fillUniform(weights, from: Float(-bound), to: Float(bound))
  }
}

extension Shipped<Initializer> {
  static let kaimingNormal = Shipped(.kaimingNormal, "N(0, 2 / in), for rectifiers", paper: "He et al. 2015")

  static let kaimingUniform = Shipped(
    .kaimingUniform, "U(−1/√in, 1/√in), PyTorch's default", paper: "He et al. 2015")
}
