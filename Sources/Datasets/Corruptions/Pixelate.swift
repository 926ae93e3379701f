import CoppiceTensors
import CoppiceTerms

extension Corruption {
  /// The image at a share c of its height and width, and back at its size. Each pixel of the smaller image is the mean of those whose
  /// centres it covers; each of the large one is the one of the smaller image that covers its centre.
  public static func pixelate(severity: Int = 1) -> Corruption {
    Corruption(
      "pixelate", version: 1, severity: severity,
      Kind(
        strengths: ([0.6, 0.5, 0.4, 0.3, 0.25], [0.95, 0.9, 0.85, 0.75, 0.65]), substream: nil
      ) { image, share, _ in
        let rows = Reduction(image.height, share)
        let columns = Reduction(image.width, share)
        for channel in 0..<image.channels {
          let first = channel * image.area
          var sums = [Double](repeating: 0, count: rows.small * columns.small)
          for row in 0..<image.height {
            for column in 0..<image.width {
              sums[rows.covering[row] * columns.small + columns.covering[column]] +=
                image.values[first + row * image.width + column]
            }
          }
          for row in 0..<image.height {
            for column in 0..<image.width {
              let (y, x) = (rows.shown[row], columns.shown[column])
              image.values[first + row * image.width + column] =
                sums[y * columns.small + x] / Double(rows.counts[y] * columns.counts[x])
            }
          }
        }
      })
  }
}

/// An axis of n pixels made one of m ≤ n.
private struct Reduction {
  let small: Int
  /// For each large pixel the small one that covers its centre from behind: k with k·n/m < x + ½ ≤ (k + 1)·n/m.
  let covering: [Int]
  /// How many large ones each small one covers.
  let counts: [Int]
  /// For each large pixel the small one that is shown there: ⌊(x + ½)·m/n⌋.
  let shown: [Int]

  init(_ length: Int, _ share: Double) {
    let small = max(1, Int(Double(length) * share))
    self.small = small
    let covering = (0..<length).map { ((2 * $0 + 1) * small - 1) / (2 * length) }
    var counts = [Int](repeating: 0, count: small)
    for place in covering { counts[place] += 1 }
    (self.covering, self.counts) = (covering, counts)
    shown = (0..<length).map { (2 * $0 + 1) * small / (2 * length) }
  }
}

extension Shipped<Corruption> {
  static let pixelate = Shipped(
    .pixelate(), "fewer and larger pixels", paper: "Hendrycks and Dietterich 2019"
  ) { fields in
    .pixelate(severity: try fields.integer("severity", in: Corruption.severities, default: 1))
  }
}
