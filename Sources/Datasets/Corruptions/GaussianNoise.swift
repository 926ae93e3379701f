import CoppiceTensors
import CoppiceTerms

extension Corruption {
  /// Normal noise on every number of an image, of standard deviation s:
  ///
  ///     y = x + s · z
  ///
  /// Both values of each pair of normal numbers are taken, in the order of the image `[channels, height, width]`. They are the same at
  /// every severity.
  public static func gaussianNoise(severity: Int = 1, seed: UInt64 = 0) -> Corruption {
    Corruption(
      "gaussian-noise", version: 1, severity: severity, seed: seed,
      Kind(
        strengths: ([0.08, 0.12, 0.18, 0.26, 0.38], [0.04, 0.06, 0.08, 0.09, 0.1]), substream: 0
      ) { image, deviation, random in
        var place = 0
        while place < image.values.count {
          let pair = random.normalPair()
          image.values[place] += deviation * pair.0
          if place + 1 < image.values.count { image.values[place + 1] += deviation * pair.1 }
          place += 2
        }
      })
  }
}

extension Shipped<Corruption> {
  static let gaussianNoise = Shipped(
    .gaussianNoise(), "normal noise on every pixel", paper: "Hendrycks and Dietterich 2019"
  ) { fields in
    .gaussianNoise(
      severity: try fields.integer("severity", in: Corruption.severities, default: 1),
      seed: try fields.seed("seed", default: 0))
  }
}
