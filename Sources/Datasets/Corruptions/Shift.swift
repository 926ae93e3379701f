import CoppiceTensors
import CoppiceTerms

extension Corruption {
  /// The whole image moves by as many pixels as the severity says, along one of eight directions: rows, columns, or both. Which one is
  /// drawn for each image. What comes in is black.
  public static func shift(severity: Int = 1, seed: UInt64 = 0) -> Corruption {
    let pixels = [1.0, 2, 3, 4, 5]
    return Corruption(
      "shift", version: 1, severity: severity, seed: seed,
      Kind(strengths: (pixels, pixels), substream: 1) { image, pixels, random in
        let (down, right) = directions[Int(random.integer(below: UInt32(directions.count)))]
        let (rows, columns) = (down * Int(pixels), right * Int(pixels))
        let source = image.values
        for channel in 0..<image.channels {
          for y in 0..<image.height {
            for x in 0..<image.width {
              let (row, column) = (y - rows, x - columns)
              let isInside = (0..<image.height).contains(row) && (0..<image.width).contains(column)
              image.values[channel * image.area + y * image.width + x] =
                isInside ? source[channel * image.area + row * image.width + column] : 0
            }
          }
        }
      })
  }

  /// Down and to the right, in the order in which they are drawn.
  private static let directions = [
    (-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1),
  ]
}

extension Shipped<Corruption> {
  static let shift = Shipped(.shift(), "the image moved by 1 to 5 pixels") { fields in
    .shift(
      severity: try fields.integer("severity", in: Corruption.severities, default: 1),
      seed: try fields.seed("seed", default: 0))
  }
}
