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
    let rows = rows(of: batch, labels: labels)
    guard let target = inputs.baseAddress else { return rows }
    for row in 0..<rows { writer.write(index(batch, row), to: target + row * inputSize) }
    for i in rows * inputSize..<inputs.count { inputs[i] = 0 }
    return rows
  }

  /// Fills the tokens `[batchSize, length]` and labels `[batchSize, labelSize]` of one batch; returns how many of its
  /// rows are examples.
  @discardableResult
  public func fill(
    _ batch: Int, tokens: UnsafeMutableBufferPointer<Int32>, labels: UnsafeMutableBufferPointer<Int32>
  ) -> Int {
    precondition(tokens.count == batchSize * inputSize, "the buffer for tokens has the wrong size")
    let rows = rows(of: batch, labels: labels)
    guard let target = tokens.baseAddress else { return rows }
    for row in 0..<rows { writer.write(index(batch, row), offset: 0, to: target + row * inputSize) }
    for i in rows * inputSize..<tokens.count { tokens[i] = 0 }
    return rows
  }

  private func index(_ batch: Int, _ row: Int) -> Int { Int(indices[batch * batchSize + row]) }

  private func rows(of batch: Int, labels: UnsafeMutableBufferPointer<Int32>) -> Int {
    precondition((0..<count).contains(batch), "there are \(count) batches")
    precondition(labels.count == batchSize * labelSize, "the buffer for labels has the wrong size")
    let rows = min(batchSize, exampleCount - batch * batchSize)
    guard let target = labels.baseAddress else { return rows }
    for row in 0..<rows { writer.writeLabels(index(batch, row), offset: 0, to: target + row * labelSize) }
    for i in rows * labelSize..<labels.count { labels[i] = Examples.ignoredLabel }
    return rows
  }
}
