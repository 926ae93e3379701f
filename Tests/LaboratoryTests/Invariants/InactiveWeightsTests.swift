import CoppiceLaboratory
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import Testing

@Suite struct InactiveWeightsTests {
  @Test func inactiveWeightsAreZero() {
    #expect(Sights.found("inactive-weights") == InvariantRecord("inactive-weights"))
    // Survivors may be anything, and zeros have two signs.
    for (place, value) in [(0, 0), (1, -0.0), (5, 9)] as [(Int, Float)] {
      let forward = Sights.weights.changing("fc.weight", at: place, to: value)
      #expect(Sights.found("inactive-weights") { $0.forward = forward }?.isHeld == true)
    }
  }

  @Test func anInactiveWeightThatTakesPartBreaksIt() {
    let forward = Sights.weights.changing("fc.weight", at: 1, to: .leastNonzeroMagnitude)
    let found = Sights.found("inactive-weights") { $0.forward = forward }
    #expect(found?.fault?.contains("1 of fc.weight, at place 1 are inactive and not 0") == true)
  }

  /// What the optimizer keeps of a weight with two masks is no part of the forward pass.
  @Test func theForwardPassCounts() {
    let found = Sights.found("inactive-weights") {
      $0.parameters = Sights.weights.changing("fc.weight", at: 1, to: 5)
    }
    #expect(found?.isHeld == true)
  }
}
