import CoppiceLaboratory
import CoppiceStore
import Testing

@Suite struct TestSetTests {
  @Test func theLowestValidationLossIsSelected() {
    #expect(Sights.foundInRound("test-set") == InvariantRecord("test-set"))
    // While masks move it is another network.
    let settled = Sights.foundInRound("test-set") {
      $0.settledStep = 20
      $0.record.row[metric: .earlyStopStep] = 20
      $0.record.row[metric: .earlyStopTestAccuracy] = 0.8
    }
    #expect(settled?.isHeld == true)
  }

  /// The step with the best test accuracy, and a validation loss that is not the lowest.
  @Test func theBestTestAccuracyBreaksIt() {
    let found = Sights.foundInRound("test-set") {
      $0.record.row[metric: .earlyStopStep] = 20
      $0.record.row[metric: .earlyStopTestAccuracy] = 0.8
    }
    #expect(found?.fault?.contains("validation losses say step 10.0, with 0.6") == true)
  }

  @Test func aRuleThatLooksAtTheTestSetBreaksIt() {
    let rule = StopRule("peek", ends: .training, by: "test_loss") { _, _ in nil }
    let found = Sights.foundInRound("test-set") { $0.stop = rule }
    #expect(found?.fault?.contains("stop rule peek looks at test_loss") == true)
    let allowed = StopRule("look", ends: .training, by: "validation_loss") { _, _ in nil }
    #expect(Sights.foundInRound("test-set") { $0.stop = allowed }?.isHeld == true)
  }
}
