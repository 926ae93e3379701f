import CoppiceTensors
import Testing

@Suite struct NibbleCodesTests {
  @Test func twoCodesAByte() {
    #expect(NibbleCodes.packed([1, -1, 7, -7, -3]) == [0xf1, 0x97, 0x0d])
    #expect(NibbleCodes.packed([]) == [])
  }

  @Test func whatIsPackedComesBack() {
    for count in 0..<33 {
      let codes = (0..<count).map { Int8($0 * 5 % 15 - 7) }
      let bytes = NibbleCodes.packed(codes)
      #expect(bytes.count == (count + 1) / 2)
      #expect(NibbleCodes.unpacked(bytes, count: count) == codes)
    }
  }
}
