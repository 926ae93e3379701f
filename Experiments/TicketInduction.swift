import Coppice

extension Experiment {
  /// A causal transformer on repeated random sequences, on which attention heads specialise: how far its attention and
  /// feed-forward weights can be pruned before the copying breaks.
  public static let ticketInduction = Experiment(
    "ticket-induction",
    question: "Does a transformer that has learned to copy keep copying when its weights go?",
    base: Trial(
      model: .causalTransformer(width: 64, heads: 4, layers: 2),
      dataset: .induction(training: 4_000, test: 1_000), optimizer: .adamW(),
      learningRate: LearningRate.cosine(2e-3).warmedUp(steps: 50), clipping: 1, batchSize: 32,
      training: .iterations(400), evaluation: .iterations(200),
      schedule: .lotteryTicket(rounds: 3, rate: 0.5),
      retraining: .rewind(to: .share(0.1)))
  ) {
    Axis(\.criterion, [.magnitude, .random])
    Axis(\.seed, 0..<3)
  }
}
