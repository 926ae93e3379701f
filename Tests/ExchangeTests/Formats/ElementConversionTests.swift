import CoppiceTensors
import Testing

@testable import CoppiceExchange

/// Elements of every type as Float.
@Suite struct ElementConversionTests {
  private func floats(_ type: ArrayType, _ bytes: [UInt8]) -> [Float]? {
    var wrong: Int?
    let count = bytes.count / type.size
    let floats = [Float](unsafeUninitializedCapacity: count) { buffer, done in
      wrong = ElementConversion(type).floats(bytes, into: buffer)
      done = wrong ?? count
    }
    return wrong == nil ? floats : nil
  }

  /// All 65,536 halves, against the processor's own conversion where it has one.
  @Test func everyHalfIsExact() throws {
    #if !(os(macOS) && arch(x86_64))
      let bytes = (0..<65536).flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
      let all = try #require(floats(.float16, bytes))
      for (bits, float) in all.enumerated() {
        let half = Float(Float16(bitPattern: UInt16(bits)))
        #expect(half.isNaN ? float.isNaN : half.bitPattern == float.bitPattern)
      }
    #endif
  }

  @Test func doublesAreRoundedToEven() throws {
    let values: [Double] = [0.1, 1 + 0x1p-24, 1 + 0x1p-24 + 0x1p-50, 1 + 3 * 0x1p-24, -0.0, .infinity, 1e-60]
    let bytes = values.flatMap { value in
      (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt64($0))) }
    }
    #expect(try #require(floats(.float64, bytes)) == [0.1, 1, 1 + 0x1p-23, 1 + 0x1p-22, -0.0, .infinity, 0])
  }

  @Test func whatNoFloatHoldsIsToldOf() {
    #expect(floats(.bool, [0, 1, 2]) == nil)
    #expect(floats(.int32, [1, 0, 0, 1]) == nil)
    #expect(floats(.int32, [0, 0, 0, 0x80]) == [-0x1p31])
    #expect(floats(.uint64, [UInt8](repeating: 0xff, count: 8)) == nil)
    #expect(floats(.int8, [0x80, 0x7f]) == [-128, 127])
  }
}
