import CoppiceTensors
import CoppiceTerms

extension Corruption {
  /// Every number moves towards the mean m of its channel:
  ///
  ///     y = m + c · (x − m)
  public static func contrast(severity: Int = 1) -> Corruption {
    Corruption(
      "contrast", version: 1, severity: severity,
      Kind(
        strengths: ([0.4, 0.3, 0.2, 0.1, 0.05], [0.75, 0.5, 0.4, 0.3, 0.15]), substream: nil
      ) { image, contrast, _ in
        for channel in 0..<image.channels {
          let places = channel * image.area..<(channel + 1) * image.area
          let mean = image.values[places].reduce(0, +) / Double(image.area)
          for place in places { image.values[place] = (image.values[place] - mean) * contrast + mean }
        }
      })
  }
}

extension Shipped<Corruption> {
  static let contrast = Shipped(
    .contrast(), "every pixel nearer to the mean", paper: "Hendrycks and Dietterich 2019"
  ) { fields in
    .contrast(severity: try fields.integer("severity", in: Corruption.severities, default: 1))
  }
}
