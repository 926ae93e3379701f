import CKernels
import Testing

/// The parent of the suites of products, convolution, pooling and attention.
@Suite enum KernelTests {}

/// Runs `body` under each variant, and leaves the one that was in use in use.
func underEveryVariant(_ body: (_ variant: String) -> Void) {
  variantChoice.withLock { _ in
    let chosen = ck_current_variant()
    defer { _ = ck_use_variant(chosen) }
    for variant in variants {
      #expect(ck_use_variant(variant))
      body(String(cString: ck_variant_name(variant)))
    }
  }
}

/// An array for kernels, between two strips of NaN: what reads outside of it is poisoned, and what writes outside of it
/// is caught by `isIntact`.
final class Floats {
  private static let strip = 64
  private let memory: UnsafeMutablePointer<Float>
  let count: Int
  let pointer: UnsafeMutablePointer<Float>

  /// `offset` floats past a multiple of 64 bytes: scratch takes 0, everything else may lie anywhere.
  init(_ values: [Float], offset: Int = 1) {
    count = values.count
    let total = count + 2 * Floats.strip + offset
    let raw = UnsafeMutableRawPointer.allocate(byteCount: 4 * total, alignment: 64)
    memory = raw.bindMemory(to: Float.self, capacity: total)
    memory.initialize(repeating: .nan, count: total)
    pointer = memory + Floats.strip + offset
    pointer.update(from: values, count: count)
  }

  /// An output or a scratch: NaN until written.
  convenience init(unwritten count: Int, offset: Int = 1) {
    self.init([Float](repeating: .nan, count: count), offset: offset)
  }

  deinit { memory.deallocate() }

  var values: [Float] { Array(UnsafeBufferPointer(start: pointer, count: count)) }

  var isIntact: Bool {
    (1...Floats.strip).allSatisfy { (pointer - $0).pointee.isNaN }
      && (0..<Floats.strip).allSatisfy { (pointer + count + $0).pointee.isNaN }
  }
}

/// Bit patterns, NaN as one class.
func bits(_ values: [Float]) -> [UInt32] {
  values.map { $0.isNaN ? 0x7fc0_0000 : $0.bitPattern }
}

/// Numbers in (-1, 1) that need all 24 bits, so that a different order of operations shows; the same in every run.
func numbers(_ count: Int, seed: UInt64) -> [Float] {
  var state = seed
  return (0..<count).map { _ in
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    let top = Int32(truncatingIfNeeded: (z ^ (z >> 31)) >> 40) - (1 << 23)
    return Float(top) / Float(1 << 23)
  }
}

/// v where v > 0, NaN where NaN, else +0.
func relu(_ value: Float) -> Float { value <= 0 ? 0 : value }

/// The greatest difference between the two.
func distance(_ values: [Float], _ reference: [Double]) -> Double {
  zip(values, reference).map { abs(Double($0) - $1) }.reduce(0) { $0 >= $1 ? $0 : $1 }
}
