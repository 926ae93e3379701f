import CoppiceLaboratory
import CoppiceStore
import CoppiceTensors
import Testing

@Suite struct CountedSparsityTests {
  @Test func theCountIsThatOfTheMask() {
    #expect(Sights.foundInRound("counted-sparsity") == InvariantRecord("counted-sparsity"))
    // A survivor that is 0 by chance is not pruned: the last one is.
    #expect(Sights.weights["fc.weight"]?.scalars.last == 0)
    #expect(Sights.foundInRound("counted-sparsity") { $0.masks = nil } == nil)
    #expect(Sights.foundInRound("counted-sparsity") { $0.freezesPruned = true } == nil)
  }

  @Test func aPrunedWeightThatIsThereBreaksIt() {
    let found = Sights.foundInRound("counted-sparsity") {
      $0.record.weights = Sights.weights.changing("fc.weight", at: 4, to: 1e-30)
    }
    #expect(found?.fault?.contains("1 of fc.weight, at place 4 are pruned and not 0") == true)
  }

  @Test func anotherSparsityThanTheTensorsHaveBreaksIt() {
    let found = Sights.foundInRound("counted-sparsity") { $0.record.row.sparsity = 0.5 }
    #expect(found?.fault?.contains("2 of 6 weights are pruned") == true)
    #expect(found?.fault?.contains("and 0.5 is told") == true)
  }

  /// Companions are masked and not counted.
  @Test func companionsAreNotCounted() {
    var masks = Sights.mask
    masks.setCompanion("fc.bias", Mask([2], [1, 0]))
    let masked = masks
    let found = Sights.foundInRound("counted-sparsity") { $0.masks = masked }
    #expect(found?.isHeld == true)
  }
}
