/// Settings that do not go together.
package enum PlanError: Error, Hashable, CustomStringConvertible {
  case batchSize(Int, Int)
  case scoringBatch(Int)
  case noSuchRound(Int, Int)
  case untrainedControl(Control)
  case noEvaluation

  package var description: String {
    switch self {
    case .batchSize(let batch, let examples):
      "a batch of \(batch) cannot be filled from \(examples) training examples; set batch-size to 1…\(examples)"
    case .scoringBatch(let batch):
      "a criterion cannot be given the gradient of \(batch) examples; set scoring-batch to 1 or more"
    case .noSuchRound(let round, let last):
      "round \(round) is to be reported, but the schedule has rounds 0 to \(last)"
    case .noEvaluation:
      "an evaluation every 0 steps is none; set evaluation to steps (100it), epochs (1ep) or a share (0.1)"
    case .untrainedControl(let control):
      "the control \(control) needs a retraining; with retraining none there is nothing to compare"
    }
  }
}
