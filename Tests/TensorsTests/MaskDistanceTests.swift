import CoppiceTensors
import Testing

@Suite struct MaskDistanceTests {
  private func random(_ count: Int, _ seed: UInt64) -> Mask {
    var stream = RandomStream(seed: seed, stream: .mask)
    return Mask([count], (0..<count).map { _ in UInt8(stream.integer(below: 2)) })
  }

  /// Element by element, at every length around whole words.
  @Test func elementsAreCounted() {
    for count in 0..<70 {
      let (a, b) = (random(count, 1), random(count, 2))
      var differing = 0
      for place in 0..<count where a.bytes[place] != b.bytes[place] { differing += 1 }
      #expect(a.differences(from: b) == differing && b.differences(from: a) == differing)
      #expect(a.differences(from: a) == 0)
    }
  }

  @Test func distancesAreFractionsOfAllWeightsThatCount() {
    let a = MaskSet([("a", Mask([4], [1, 0, 1, 0])), ("b", Mask([2, 3], [1, 1, 1, 0, 0, 0]))])
    let b = MaskSet([("a", Mask([4], [1, 1, 1, 0])), ("b", Mask([2, 3], [1, 1, 0, 0, 1, 0]))])
    #expect(a.distance(from: b) == 3.0 / 10 && b.distance(from: a) == 3.0 / 10)
    #expect(a.distance(from: a) == 0)
    // Complements are as far apart as can be.
    let turned = MaskSet(a.map { ($0.name, Mask($0.mask.shape, $0.mask.bytes.map { 1 - $0 })) })
    #expect(a.distance(from: turned) == 1)
    // What goes along with weights is none of them.
    var companions = a
    companions.setCompanion("a.bias", Mask([2], [0, 0]))
    #expect(companions.distance(from: b) == 3.0 / 10 && b.distance(from: companions) == 3.0 / 10)
    // A layer without a mask is whole.
    #expect(a.distance(from: MaskSet([("a", Mask([4], [1, 0, 1, 0]))])) == 3.0 / 10)
    #expect(MaskSet().distance(from: a) == 0)
  }
}
