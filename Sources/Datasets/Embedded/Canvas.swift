import CoppiceTensors

/// A grey image that strokes are drawn on; 0 is paper, 1 is ink.
struct Canvas {
  /// Pixels a side.
  static let size = 28

  private var pixels = [Double](repeating: 0, count: Canvas.size * Canvas.size)

  mutating func clear() {
    for i in pixels.indices { pixels[i] = 0 }
  }

  /// A line through points with round ends: full ink up to `halfWidth` pixels from it, fading over one pixel.
  mutating func draw(halfWidth: Double, ink: Double, points: [Point]) {
    for (a, b) in zip(points, points.dropFirst()) {
      let reach = halfWidth + 0.5
      let columns = range(min(a.x, b.x) - reach, max(a.x, b.x) + reach)
      let rows = range(min(a.y, b.y) - reach, max(a.y, b.y) + reach)
      let (dx, dy) = (b.x - a.x, b.y - a.y)
      let lengthSquared = dx * dx + dy * dy
      for row in rows {
        for column in columns {
          let (px, py) = (Double(column) - a.x, Double(row) - a.y)
          let along = lengthSquared > 0 ? min(1, max(0, (px * dx + py * dy) / lengthSquared)) : 0
          let (ex, ey) = (px - along * dx, py - along * dy)
          let distance = (ex * ex + ey * ey).squareRoot()
          let value = ink * min(1, max(0, reach - distance))
          let index = row * Canvas.size + column
          if value > pixels[index] { pixels[index] = value }
        }
      }
    }
  }

  /// Adds to every pixel the sum of a word's four bytes, centred and scaled to this standard deviation: close to
  /// a normal distribution, and exact to compute.
  mutating func addNoise(deviation: Double, _ random: inout RandomStream) {
    // A byte's variance is (256² − 1) / 12; four of them have mean 510.
    let scale = deviation / (4.0 * 65535 / 12).squareRoot()
    for i in pixels.indices {
      let word = random.next()
      let sum = (word & 255) + (word >> 8 & 255) + (word >> 16 & 255) + (word >> 24)
      pixels[i] += scale * (Double(sum) - 510)
    }
  }

  /// Writes the image as bytes: 255 × value, cut to 0…255, rounded half up.
  func store(in bytes: inout [UInt8], at start: Int) {
    for i in pixels.indices { bytes[start + i] = UInt8(min(255, max(0, pixels[i] * 255)) + 0.5) }
  }

  /// The pixels between two coordinates, inside the image.
  private func range(_ low: Double, _ high: Double) -> Range<Int> {
    let first = Int(max(0, low.rounded(.up)))
    let end = Int(min(Double(Canvas.size - 1), high.rounded(.down))) + 1
    return first < end ? first..<end : 0..<0
  }
}
