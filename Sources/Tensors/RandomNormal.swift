extension RandomStream {
  /// Two independent standard normal values from two words (G. Box, M. Muller, 1958), in `Double`.
  ///
  /// r = √(−2 ln u), u = (first word + ½) · 2⁻³², θ = 2π · second word · 2⁻³²: (r cos θ, r sin θ). |value| < 6.77.
  public mutating func normalPair() -> (Double, Double) {
    let u = (Double(next()) + 0.5) * 0x1p-32
    let angle = Double(next()) * (0x1.921fb54442d18p2 * 0x1p-32)
    let r = (-2 * Elementary.log(u)).squareRoot()
    return (r * Elementary.cos(angle), r * Elementary.sin(angle))
  }

  /// A standard normal value: the first of a `normalPair()`, rounded to `Float`; the second is dropped.
  public mutating func normal() -> Float { Float(normalPair().0) }

  /// Fills with normal values, both of every pair in order: mean + deviation · z in `Double`, rounded once.
  public mutating func fillNormal(
    _ values: UnsafeMutableBufferPointer<Float>, mean: Double = 0, standardDeviation: Double = 1
  ) {
    var i = 0
    while i < values.count {
      let pair = normalPair()
      values[i] = Float(mean + standardDeviation * pair.0)
      if i + 1 < values.count { values[i + 1] = Float(mean + standardDeviation * pair.1) }
      i += 2
    }
  }

  /// Fills with normal values cut at two standard deviations, by rejection: both values of every pair are
  /// considered in order, and those with |z| > 2 skipped. The deviation is that of the normal before the cut.
  public mutating func fillTruncatedNormal(
    _ values: UnsafeMutableBufferPointer<Float>, mean: Double = 0, standardDeviation: Double = 1
  ) {
    var i = 0
    while i < values.count {
      let pair = normalPair()
      if pair.0.magnitude <= 2 {
        values[i] = Float(mean + standardDeviation * pair.0)
        i += 1
      }
      if pair.1.magnitude <= 2 && i < values.count {
        values[i] = Float(mean + standardDeviation * pair.1)
        i += 1
      }
    }
  }

  /// Fills with uniform values in [low, high): low + (high − low) · u, in `Float`.
  public mutating func fillUniform(
    _ values: UnsafeMutableBufferPointer<Float>, from low: Float = 0, to high: Float = 1
  ) {
    for i in values.indices { values[i] = uniform(from: low, to: high) }
  }
}
