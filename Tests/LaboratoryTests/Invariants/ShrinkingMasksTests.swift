import CoppiceLaboratory
import CoppiceStore
import CoppiceTensors
import Testing

@Suite struct ShrinkingMasksTests {
  private let whole = MaskSet([("fc.weight", Mask(keepingAll: [2, 3]))])
  /// Place 3, which the mask keeps, is pruned.
  private let other = MaskSet([("fc.weight", Mask([2, 3], [1, 1, 1, 0, 1, 1]))])

  @Test func subsetsHold() {
    for before in [whole, Sights.mask] {
      #expect(Sights.found("shrinking-masks") { $0.before = before }?.isHeld == true)
      #expect(Sights.foundInRound("shrinking-masks") { $0.before = before }?.isHeld == true)
    }
    #expect(Sights.found("shrinking-masks") == nil && Sights.foundInRound("shrinking-masks") == nil)
    // A companion without a mask was whole.
    var masks = Sights.mask
    masks.setCompanion("fc.bias", Mask([2], [1, 0]))
    let found = Sights.foundInRound("shrinking-masks") { [whole, masks] in
      ($0.before, $0.masks) = (whole, masks)
    }
    #expect(found?.isHeld == true)
  }

  @Test func aWeightThatComesBackBreaksIt() {
    let words = "1 of fc.weight have come back"
    #expect(Sights.found("shrinking-masks") { $0.before = other }?.fault?.contains(words) == true)
    #expect(Sights.foundInRound("shrinking-masks") { $0.before = other }?.fault?.contains(words) == true)
  }
}
