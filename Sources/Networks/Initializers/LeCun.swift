import CoppiceTerms

extension Initializer {
  /// Gaussian LeCun: N(0, 1 / in). LeCun et al. 1998.
  public static let lecunNormal = Initializer("lecun-normal", version: 1) { fan, random, weights in
    random.fillNormal(weights, mean: 0, standardDeviation: (1 / Double(fan.incoming)).squareRoot())
  }
}

extension Shipped<Initializer> {
  static let lecunNormal = Shipped(.lecunNormal, "N(0, 1 / in)", paper: "LeCun et al. 1998")
}
