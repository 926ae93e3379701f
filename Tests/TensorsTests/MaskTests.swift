import CoppiceTensors
import Testing

@Suite struct MaskTests {
  /// Bytes of which one in so many is 1.
  private func bytes(_ count: Int, oneIn rarity: UInt32, seed: UInt64) -> [UInt8] {
    var random = RandomStream(seed: seed, stream: .generation)
    return (0..<count).map { _ in random.integer(below: rarity) == 0 ? 1 : 0 }
  }

  @Test(arguments: [0, 1, 7, 8, 9, 64, 1003], [UInt32(1), 2, 20, 1000])
  func whatItDoesIsDoneElementByElement(count: Int, rarity: UInt32) {
    let (bytes, others) = (bytes(count, oneIn: rarity, seed: 1), bytes(count, oneIn: 3, seed: 2))
    let (mask, other) = (Mask([count], bytes), Mask([count], others))
    #expect(mask.keptCount == bytes.count { $0 == 1 })
    #expect(mask.complement.bytes == bytes.map { $0 == 0 ? 1 : 0 })
    #expect(mask.union(other).bytes == zip(bytes, others).map { $0 == 1 || $1 == 1 ? 1 : 0 })
    let weight = Tensor([count], (0..<count).map { $0 % 3 == 0 ? .nan : -Float($0) })
    let masked = mask.applied(to: weight)
    for (place, byte) in bytes.enumerated() {
      #expect(masked.scalars[place].bitPattern == (byte == 0 ? 0 : weight.scalars[place].bitPattern))
    }
  }

  @Test(arguments: [0, 1, 7, 8, 9, 64, 1003], [UInt32(1), 2, 20, 1000])
  func survivorsAreToldInOrder(count: Int, rarity: UInt32) {
    let few = Mask([count], bytes(count, oneIn: rarity, seed: 5))
    for mask in [few, few.complement] {
      var met: [Int] = []
      mask.forEachSurvivor { met.append($0) }
      #expect(met == mask.bytes.indices.filter { mask.bytes[$0] != 0 })
    }
  }
}
