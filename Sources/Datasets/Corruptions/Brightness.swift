import CoppiceTensors
import CoppiceTerms

extension Corruption {
  /// The value V of a pixel, its largest channel, rises by b, and its hue and saturation stay:
  ///
  ///     V' = min(V + b, 1),   y = x · V' / V
  ///
  /// A black pixel becomes grey.
  public static func brightness(severity: Int = 1) -> Corruption {
    Corruption(
      "brightness", version: 1, severity: severity,
      Kind(
        strengths: ([0.1, 0.2, 0.3, 0.4, 0.5], [0.05, 0.1, 0.15, 0.2, 0.3]), substream: nil
      ) { image, rise, _ in
        for pixel in 0..<image.area {
          let places = stride(from: pixel, to: image.values.count, by: image.area)
          let value = places.reduce(0) { max($0, image.values[$1]) }
          let raised = min(value + rise, 1)
          for place in places {
            image.values[place] = value > 0 ? image.values[place] / value * raised : raised
          }
        }
      })
  }
}

extension Shipped<Corruption> {
  static let brightness = Shipped(
    .brightness(), "every pixel brighter", paper: "Hendrycks and Dietterich 2019"
  ) { fields in
    .brightness(severity: try fields.integer("severity", in: Corruption.severities, default: 1))
  }
}
