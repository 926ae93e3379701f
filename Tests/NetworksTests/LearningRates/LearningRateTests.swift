import CoppiceNetworks
import CoppiceTensors
import Testing

@Suite struct LearningRateTests {
  /// PyTorch's MultiStepLR, CosineAnnealingLR and LinearLR over 20 steps from 0.1.
  @Test func agreesWithPyTorch() throws {
    let expected = try ReferenceNetworks.shared.get().learningRates
    let schedules: [(String, LearningRate)] = [
      ("steps", .steps(0.1, at: [0.5, 0.75])), ("cosine", .cosine(0.1, floor: 0.001)),
      ("warm-up", .constant(0.1).warmedUp(steps: 5)),
    ]
    for (name, schedule) in schedules {
      let wanted = try #require(expected[name])
      for (step, rate) in wanted.enumerated() {
        #expect(abs(schedule(step: step, total: 20) - rate) <= 1e-12, "\(name), step \(step)")
      }
    }
  }

  @Test func constantIsConstant() {
    #expect([0, 7, 19].map { LearningRate.constant(0.3)(step: $0, total: 20) } == [0.3, 0.3, 0.3])
  }

  @Test func warmUpMultipliesWhatFollows() {
    let schedule = LearningRate.steps(1, at: [0.5], factor: 0.5).warmedUp(steps: 4)
    #expect((0..<8).map { schedule(step: $0, total: 8) } == [0.25, 0.5, 0.75, 1, 0.5, 0.5, 0.5, 0.5])
  }

  @Test func dropsFallOnTheRoundedStep() {
    let schedule = LearningRate.steps(1, at: [0.5], factor: 0.1)
    #expect(schedule(step: 2, total: 5) == 1)  // 2.5 rounds to 3
    #expect(schedule(step: 3, total: 5) == 0.1)
  }

  @Test func anEmptyTrainingHasARate() { #expect(LearningRate.cosine(0.1)(step: 0, total: 0) == 0.1) }

  @Test func specificationSaysEverything() {
    #expect(
      LearningRate.cosine(0.1, floor: 0.01).warmedUp(steps: 5).description
        == "warm-up(steps: 5, then: cosine(rate: 0.1, floor: 0.01))")
    #expect(LearningRate.constant(0.1) != .constant(0.2))
  }
}
