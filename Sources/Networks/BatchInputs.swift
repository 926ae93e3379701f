import CoppiceAutodiff

/// The memory of a batch's inputs, to be filled in place: numbers `[batch, …]` or tokens `[batch, length]`, as the task has.
package enum BatchInputs {
  case numbers(UnsafeMutableBufferPointer<Float>)
  case tokens(UnsafeMutableBufferPointer<Int32>)
}

/// Fills the inputs and the labels `[batch · labelsPerExample]` of a batch; a label of −1 does not count.
package typealias BatchFill = (BatchInputs, _ labels: UnsafeMutableBufferPointer<Int32>) throws -> Void

extension Executor {
  /// Lets `fill` write the leaves `inputs` and `labels`.
  func fillBatch(hasTokens: Bool, _ fill: BatchFill) throws {
    try withIntegers("labels") { labels in
      if hasTokens {
        try withIntegers("inputs") { try fill(.tokens($0), labels) }
      } else {
        try withFloats("inputs") { try fill(.numbers($0), labels) }
      }
    }
  }
}
