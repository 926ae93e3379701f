/// Signed codes of few bits with one scale: `w ≈ q · scale`, where `q = clamp(w / scale, −limit … limit)`, rounded half to even. The
/// limit is 127 for 8 bits and 7 for 4. A weight of 0 has the code 0 and stands as exactly 0.
///
/// The scale is `max|w| / limit`, rounded once, and 1 where every weight is 0. One below the least normal number becomes that number.
/// What stands for weights has the same scale and the same codes again: to quantise twice changes nothing.
package struct SymmetricCode: Hashable, Sendable {
  /// What a code of 1 stands for.
  package let scale: Float
  /// The largest code.
  package let limit: Float

  /// The numbers of bits that codes may have.
  package static let possibleBits = [4, 8]

  /// The largest code of so many bits.
  package static func limit(bits: Int) -> Float { Float((1 << (bits - 1)) - 1) }

  /// Codes of a scale that is known.
  package init(scale: Float, bits: Int) { (self.scale, limit) = (scale, Self.limit(bits: bits)) }

  /// The codes of weights.
  /// - Parameter largest: the largest magnitude among them, finite.
  package init(largest: Float, bits: Int) {
    limit = Self.limit(bits: bits)
    scale = largest > 0 ? max(largest / limit, .leastNormalMagnitude) : 1
  }

  /// The codes of some weights together.
  package init(of weights: ArraySlice<Float>, bits: Int) {
    self.init(largest: weights.reduce(0) { max($0, $1.magnitude) }, bits: bits)
  }

  /// The code of a weight, still a Float; NaN of NaN.
  @inline(__always)
  package func rounded(_ weight: Float) -> Float {
    let quotient = weight / scale
    let bounded = quotient > limit ? limit : quotient < -limit ? -limit : quotient
    return bounded.roundedHalfToEven
  }

  /// The code of a weight; 0 of NaN.
  package func code(_ weight: Float) -> Int8 { Int8(exactly: rounded(weight)) ?? 0 }

  /// What a code stands for.
  package func value(of code: Int8) -> Float { Float(code) * scale }

  /// What stands for a weight, +0 for a code of 0; NaN of NaN.
  @inline(__always)
  package func nearest(_ weight: Float) -> Float {
    rounded(weight) * scale
  }
}

extension Float {
  /// The nearest integer, half to even, of a number whose magnitude is below 2²²: by the rounding of one addition. A zero is +0.
  @inline(__always)
  package var roundedHalfToEven: Float { (self + 12_582_912) - 12_582_912 }
}
