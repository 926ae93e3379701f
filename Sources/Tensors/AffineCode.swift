/// Codes of one byte with a scale and a zero point: `x ≈ (q − zero) · scale`, where `q = clamp(x / scale + zero, 0 … 255)` and the
/// quotient is rounded half to even before the zero point is added. The number 0 has the code `zero` and stands as exactly 0.
///
/// Of a range −below … above, which has 0 in it, the scale is `(above + below) / 255` and the zero point `below / scale`, rounded half
/// to even: −0.5 … 1 has 0.00588235 and 85. The scale of the range 0 … 0 is 1, and one below the least normal number becomes that number.
package struct AffineCode: Hashable, Sendable {
  /// How far two neighbouring codes are apart.
  package let scale: Float
  /// The code of 0.
  package let zero: UInt8

  /// Codes of a scale and a zero point that are known.
  package init(scale: Float, zero: UInt8) { (self.scale, self.zero) = (scale, zero) }

  /// The codes of a range.
  /// - Parameters:
  ///   - below: how far it reaches below 0; 0 or more.
  ///   - above: how far it reaches above 0; 0 or more.
  package init(below: Float, above: Float) {
    let (below, above) = (max(0, below), max(0, above))
    // In Double, because the sum of two Floats may be no Float.
    let width = (Double(above) + Double(below)) / 255
    guard width > 0, width < .infinity else {
      (scale, zero) = (1, 0)
      return
    }
    scale = max(Float(width), .leastNormalMagnitude)
    zero = UInt8(min(255, (below / scale).roundedHalfToEven))
  }

  /// The code of a number, still a Float; NaN of NaN.
  @inline(__always)
  package func rounded(_ number: Float) -> Float {
    let quotient = number / scale
    let (least, most) = (-Float(zero), 255 - Float(zero))
    let bounded = quotient > most ? most : quotient < least ? least : quotient
    return bounded.roundedHalfToEven + Float(zero)
  }

  /// The code of a number; that of 0 for NaN.
  package func code(_ number: Float) -> UInt8 { UInt8(exactly: rounded(number)) ?? zero }

  /// What a code stands for.
  package func value(of code: UInt8) -> Float { (Float(code) - Float(zero)) * scale }

  /// What stands for a number; NaN of NaN.
  @inline(__always)
  package func nearest(_ number: Float) -> Float { (rounded(number) - Float(zero)) * scale }
}
