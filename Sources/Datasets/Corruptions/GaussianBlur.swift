import CoppiceTensors
import CoppiceTerms

extension Corruption {
  /// A normal kernel of standard deviation s, in pixels, first along columns and then along rows:
  ///
  ///     y(i) = Σ_k w(k) · x(i + k),   w(k) ∝ exp(−k² / 2s²),   |k| ≤ ⌊4s + ½⌋
  ///
  /// The weights add up to 1. Beyond its edge an image goes on as it is there.
  public static func gaussianBlur(severity: Int = 1) -> Corruption {
    Corruption(
      "gaussian-blur", version: 1, severity: severity,
      Kind(strengths: ([1, 2, 3, 4, 6], [0.4, 0.6, 0.7, 0.8, 1]), substream: nil) { image, deviation, _ in
        let weights = kernel(deviation)
        image.convolve(weights, step: image.width, length: image.height)
        image.convolve(weights, step: 1, length: image.width)
      })
  }

  /// The weights from −⌊4s + ½⌋ on.
  private static func kernel(_ deviation: Double) -> [Double] {
    let radius = Int(4 * deviation + 0.5)
    let weights = (-radius...radius).map { place in
      Elementary.exp(-0.5 * Double(place * place) / (deviation * deviation))
    }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }
}

extension ImageValues {
  /// Convolves along one axis: `length` values that stand `step` apart.
  fileprivate mutating func convolve(_ kernel: [Double], step: Int, length: Int) {
    let radius = kernel.count / 2
    var line = [Double](repeating: 0, count: length)
    let starts =
      step == 1
      ? stride(from: 0, to: values.count, by: width).map { $0 }
      : (0..<channels).flatMap { channel in (0..<width).map { channel * area + $0 } }
    for start in starts {
      for place in 0..<length { line[place] = values[start + place * step] }
      for place in 0..<length {
        var sum = 0.0
        for offset in -radius...radius {
          sum += kernel[offset + radius] * line[min(max(place + offset, 0), length - 1)]
        }
        values[start + place * step] = sum
      }
    }
  }
}

extension Shipped<Corruption> {
  static let gaussianBlur = Shipped(
    .gaussianBlur(), "neighbouring pixels run into one another", paper: "Hendrycks and Dietterich 2019"
  ) { fields in
    .gaussianBlur(severity: try fields.integer("severity", in: Corruption.severities, default: 1))
  }
}
