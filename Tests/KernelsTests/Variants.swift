import CKernels
import Synchronization
import Testing

/// The variant is a global choice: whoever changes it holds this. (A test that changes nothing may run beside: all
/// variants give the same bits.)
let variantChoice = Mutex(())

/// The instruction sets this machine can run, narrowest first.
let variants = [CK_PORTABLE, CK_NEON, CK_AVX2, CK_AVX512].filter { ck_supports($0) }

/// Computes once under every variant, expects the same bits of all (NaN as a class), and returns them.
/// `compute` must not call `onEveryVariant`.
@discardableResult
func onEveryVariant(
  _ compute: () -> [Float], sourceLocation: SourceLocation = #_sourceLocation
) -> [Float] {
  variantChoice.withLock { _ in
    let chosen = ck_current_variant()
    defer { _ = ck_use_variant(chosen) }
    var expected: [Float]?
    for variant in variants {
      #expect(ck_use_variant(variant))
      let result = compute()
      let name = String(cString: ck_variant_name(variant))
      if let expected {
        #expect(sameBits(result, expected), "\(name) differs from portable", sourceLocation: sourceLocation)
      } else {
        expected = result
      }
    }
    return expected ?? []
  }
}

/// The same for kernels that multiply bytes, also with the widest variant's instructions for that left unused.
@discardableResult
func onEveryByteVariant(
  _ compute: () -> [Float], sourceLocation: SourceLocation = #_sourceLocation
) -> [Float] {
  let result = onEveryVariant(compute, sourceLocation: sourceLocation)
  variantChoice.withLock { _ in
    guard ck_uses_byte_products() else { return }
    defer { _ = ck_use_byte_products(true) }
    #expect(ck_use_byte_products(false))
    #expect(sameBits(compute(), result), "without byte products", sourceLocation: sourceLocation)
  }
  return result
}

/// Equal bit patterns, or both NaN, element by element. Reports nothing: the caller expects.
func sameBits(_ a: [Float], _ b: [Float]) -> Bool {
  a.count == b.count && zip(a, b).allSatisfy { $0.bitPattern == $1.bitPattern || ($0.isNaN && $1.isNaN) }
}

/// The lengths at which loops of 16 and of 64 begin and end.
let raggedSizes = [0, 1, 7, 15, 16, 17, 31, 33, 63, 64, 65, 130, 1000]

/// Reproducible numbers in (-scale, scale), by a linear congruential generator.
func samples(_ count: Int, seed: UInt64 = 1, scale: Float = 1) -> [Float] {
  var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
  return (0..<count).map { _ in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return scale * (Float(state >> 40) * 0x1p-23 - 1)
  }
}

/// An output buffer of `count` with a margin that must stay as it is.
func output(
  _ count: Int, sourceLocation: SourceLocation = #_sourceLocation,
  _ fill: (UnsafeMutablePointer<Float>) -> Void
) -> [Float] {
  let sentinel: Float = 12345
  var y = [Float](repeating: sentinel, count: count + 16)
  y.withUnsafeMutableBufferPointer { if let base = $0.baseAddress { fill(base) } }
  #expect(y[count...].first { $0 != sentinel } == nil, "written past the end", sourceLocation: sourceLocation)
  return Array(y[..<count])
}

/// The largest |value - reference| in units of the reference's last place as a Float.
func unitsInTheLastPlace(_ values: [Float], _ references: [Double]) -> Double {
  zip(values, references).map { value, reference in
    let rounded = Float(reference)
    if value == rounded || (value.isNaN && reference.isNaN) { return 0 }
    return abs(Double(value) - reference) / Double(max(abs(rounded).ulp, Float.leastNormalMagnitude.ulp))
  }.max() ?? 0
}

/// The largest |value - reference| as a fraction of the largest reference.
func relativeError(_ values: [Float], _ references: [Double]) -> Double {
  let scale = references.map(abs).max() ?? 0
  let error = zip(values, references).map { abs(Double($0) - $1) }.max() ?? 0
  return scale == 0 ? error : error / scale
}
