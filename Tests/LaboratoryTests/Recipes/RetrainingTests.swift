import CoppiceLaboratory
import CoppicePruning
import CoppiceTensors
import Testing

@Suite struct RetrainingTests {
  @Test(
    arguments: [
      (Retraining.none, nil, nil, 0),
      (.fineTune(), nil, nil, 12_500),
      (.fineTune(.epochs(2)), nil, nil, 1834),
      (.rewind(), 0, 0, 50_000),
      (.rewind(to: .iterations(500)), 500, 500, 49_500),
      (.rewind(to: .share(0.1), learningRate: false), 5000, nil, 45_000),
      (.learningRateRewind(to: .epochs(1)), nil, 917, 49_083),
      // What is left of a training, only that training tells.
      (.complete(), nil, 50_000, 0),
    ] as [(Retraining, Int?, Int?, Int)])
  func plans(retraining: Retraining, rewindStep: Int?, learningRateStep: Int?, iterations: Int) throws {
    let plan = try retraining.plan(total: 50_000, perEpoch: 917)
    #expect(plan.rewindStep == rewindStep)
    #expect(plan.learningRateStep == learningRateStep)
    #expect(plan.iterations == iterations)
  }

  @Test func refusesARewindPastTheEnd() {
    #expect(throws: PruningError.rewindPastEnd(.iterations(5000), step: 5000, total: 5000)) {
      try Retraining.rewind(to: .iterations(5000)).plan(total: 5000, perEpoch: 100)
    }
    #expect(throws: PruningError.rewindPastEnd(.epochs(60), step: 6000, total: 5000)) {
      try Retraining.learningRateRewind(to: .epochs(60)).plan(total: 5000, perEpoch: 100)
    }
    #expect(throws: PruningError.budget(.outOfRange(.share(1.5)))) {
      try Retraining.fineTune(.share(1.5)).plan(total: 5000, perEpoch: 100)
    }
  }

  @Test func specifications() {
    #expect("\(Retraining.none)" == "none")
    #expect("\(Retraining.fineTune(.share(0.25)))" == "fine-tune(budget: 0.25)")
    #expect("\(Retraining.rewind())" == "rewind(to: 0it)")
    #expect(
      "\(Retraining.rewind(to: .epochs(2), learningRate: false))" == "rewind(to: 2ep, learning-rate: false)")
    #expect("\(Retraining.learningRateRewind())" == "learning-rate-rewind(to: 0it)")
    #expect(
      [Retraining.none, .fineTune(), .rewind(), .learningRateRewind(), .complete()].map(\.name)
        == Retraining.catalogue.names)
  }
}
