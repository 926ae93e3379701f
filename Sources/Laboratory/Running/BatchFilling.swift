import CoppiceDatasets
import CoppiceNetworks

extension Batches {
  /// Fills a step's batch, numbers or tokens, as the task has them.
  package mutating func fill(_ step: Int, _ inputs: BatchInputs, _ labels: UnsafeMutableBufferPointer<Int32>)
  {
    switch inputs {
    case .numbers(let numbers): fill(step, inputs: numbers, labels: labels)
    case .tokens(let tokens): fill(step, tokens: tokens, labels: labels)
    }
  }
}

extension EvaluationBatches {
  /// Fills one batch, numbers or tokens, as the task has them.
  package func fill(_ batch: Int, _ inputs: BatchInputs, _ labels: UnsafeMutableBufferPointer<Int32>) {
    switch inputs {
    case .numbers(let numbers): fill(batch, inputs: numbers, labels: labels)
    case .tokens(let tokens): fill(batch, tokens: tokens, labels: labels)
    }
  }
}
