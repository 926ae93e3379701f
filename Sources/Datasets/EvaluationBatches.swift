/// Every example of a subset once, in fixed order, unaugmented, in batches of one size.
///
/// The last batch is filled up with zeros under the ignored label −1, so that a fixed plan can run it.
public struct EvaluationBatches: Sendable {
  /// Examples in a batch.
  public let batchSize: Int
  /// The number of batches.
  public let count: Int
  /// The number of examples.
  public var exampleCount: Int { indices.count }
  /// Elements of one example's inputs.
  public var inputSize: Int { writer.inputSize }
  /// Labels of one example.
  public var labelSize: Int { writer.labelSize }

  private let indices: [Int32]
  private let writer: ExampleWriter

  /// Batches over all of `subset` of `dataset`; it may be smaller than one batch.
  ///
  /// - Throws: `DatasetError.batchSize` for a batch size below 1.
  public init(_ subset: Subset, of dataset: Dataset, batchSize: Int) throws(DatasetError) {
    guard batchSize >= 1 else { throw .batchSize(batchSize, available: max(1, subset.count)) }
    self.batchSize = batchSize
    count = (subset.count + batchSize - 1) / batchSize
    indices = subset.indices
    writer = ExampleWriter(subset.examples, of: dataset)
  }

  /// Fills the inputs `[batchSize, …input shape]` and labels `[batchSize, labelSize]` of one batch; returns how many
  /// of its rows are examples.
  @discardableResult
  public func fill(
    _ batch: Int, inputs: UnsafeMutableBufferPointer<Float>, labels: UnsafeMutableBufferPointer<Int32>
  ) -> Int {
    precondition(inputs.count == batchSize * inputSize, "the buffer for inputs has the wrong size")
    return withExamples(of: batch, labels: labels) { chosen in
      guard let target = inputs.baseAddress else { return }
      writer.write(chosen, to: target)
      inputs[(chosen.count * inputSize)...].update(repeating: 0)
    }
  }

  /// Fills the tokens `[batchSize, length]` and labels `[batchSize, labelSize]` of one batch; returns how many of its
  /// rows are examples.
  @discardableResult
  public func fill(
    _ batch: Int, tokens: UnsafeMutableBufferPointer<Int32>, labels: UnsafeMutableBufferPointer<Int32>
  ) -> Int {
    precondition(tokens.count == batchSize * inputSize, "the buffer for tokens has the wrong size")
    return withExamples(of: batch, labels: labels) { chosen in
      guard let target = tokens.baseAddress else { return }
      writer.write(chosen, offset: 0, to: target)
      tokens[(chosen.count * inputSize)...].update(repeating: 0)
    }
  }

  /// Writes the labels of a batch, lets `body` write its inputs, and gives the number of its examples.
  private func withExamples(
    of batch: Int, labels: UnsafeMutableBufferPointer<Int32>,
    _ body: (_ chosen: UnsafeBufferPointer<Int32>) -> Void
  ) -> Int {
    precondition((0..<count).contains(batch), "there are \(count) batches")
    precondition(labels.count == batchSize * labelSize, "the buffer for labels has the wrong size")
    let first = batch * batchSize
    let rows = min(batchSize, exampleCount - first)
    guard let target = labels.baseAddress else { return rows }
    indices.withUnsafeBufferPointer { indices in
      let chosen = UnsafeBufferPointer(rebasing: indices[first..<first + rows])
      body(chosen)
      writer.writeLabels(chosen, offset: 0, to: target)
    }
    labels[(rows * labelSize)...].update(repeating: Examples.ignoredLabel)
    return rows
  }
}
