extension Elementary {
  /// Sine, x in radians. NaN beyond |x| = 2⁴⁵, where three words of π no longer reduce the argument.
  package static func sin(_ x: Double) -> Double {
    if x == 0 { return x }
    guard let a = Angle(x) else { return .nan }
    switch a.quadrant {
    case 0: return a.sine
    case 1: return a.cosine
    case 2: return -a.sine
    default: return -a.cosine
    }
  }

  /// Cosine, x in radians. NaN beyond |x| = 2⁴⁵.
  package static func cos(_ x: Double) -> Double {
    guard let a = Angle(x) else { return .nan }
    switch a.quadrant {
    case 0: return a.cosine
    case 1: return -a.sine
    case 2: return -a.cosine
    default: return a.sine
    }
  }
}

/// An angle reduced to x = k·π/2 + r + tail with |r| ≤ π/4, quadrant = k mod 4.
private struct Angle {
  let quadrant: Int
  let r: Double
  let tail: Double

  init?(_ x: Double) {
    guard x.magnitude <= 0x1p45 else { return nil }
    let k = (x * 0x1.45f306dc9c883p-1).rounded(.toNearestOrEven)
    // Cody–Waite in three words of π/2; the first fma is exact, since all its bits lie above 2⁻⁵³.
    let first = Elementary.fma(-k, 0x1.921fb54442d18p0, x)
    // The second word's product and difference in two Doubles each, since both may cancel near a multiple of π/2.
    let product = k * 0x1.1a62633145c07p-54
    let productLow = Elementary.fma(k, 0x1.1a62633145c07p-54, -product)
    let difference = first - product
    let low =
      Elementary.twoSumError(first, -product, difference)
      - Elementary.fma(k, -0x1.f1976b7ed8fbcp-110, productLow)
    r = difference + low
    tail = low - (r - difference)
    quadrant = Int(k) & 3
  }

  /// sin(r + tail) by the Taylor series to degree 17.
  var sine: Double {
    let z = r * r
    var p = Elementary.fma(1.0 / 355_687_428_096_000, z, -1.0 / 1_307_674_368_000)
    p = Elementary.fma(p, z, 1.0 / 6_227_020_800)
    p = Elementary.fma(p, z, -1.0 / 39_916_800)
    p = Elementary.fma(p, z, 1.0 / 362_880)
    p = Elementary.fma(p, z, -1.0 / 5_040)
    p = Elementary.fma(p, z, 1.0 / 120)
    p = Elementary.fma(p, z, -1.0 / 6)
    return r + Elementary.fma(r * z, p, Elementary.fma(-0.5 * z, tail, tail))
  }

  /// cos(r + tail) by the Taylor series to degree 18.
  var cosine: Double {
    let z = r * r
    var p = Elementary.fma(-1.0 / 6_402_373_705_728_000, z, 1.0 / 20_922_789_888_000)
    p = Elementary.fma(p, z, -1.0 / 87_178_291_200)
    p = Elementary.fma(p, z, 1.0 / 479_001_600)
    p = Elementary.fma(p, z, -1.0 / 3_628_800)
    p = Elementary.fma(p, z, 1.0 / 40_320)
    p = Elementary.fma(p, z, -1.0 / 720)
    p = Elementary.fma(p, z, 1.0 / 24)
    let half = 0.5 * z
    let w = 1 - half
    // What rounding w dropped is added back before the small terms.
    return w + (((1 - w) - half) + Elementary.fma(z * z, p, -r * tail))
  }
}
