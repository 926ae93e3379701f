import CoppiceTensors

/// The batches of training: epoch e visits the examples in an order that is a function of (seed, e) alone.
///
/// Step s is batch s mod `stepsPerEpoch` of epoch s / `stepsPerEpoch`. The examples left over at the end of an epoch
/// are dropped; which ones differs from epoch to epoch. A running text is cut into windows anew every epoch, starting
/// at a random one of its first `length` tokens. Any step can be asked for at any time; asking in order is fast.
public struct Batches: Sendable {
  /// Examples in a batch.
  public let batchSize: Int
  /// Batches in an epoch: ⌊examples / batch size⌋.
  public let stepsPerEpoch: Int
  /// Elements of one example's inputs.
  public var inputSize: Int { writer.inputSize }
  /// Labels of one example.
  public var labelSize: Int { writer.labelSize }

  private let indices: [Int32]
  private let writer: ExampleWriter
  private let augmentation: Augmentation
  private let seed: UInt64
  private let stream: RandomStreamKind
  private let textLength: Int?
  /// The examples of `epoch` in their order.
  private var order: [Int32]
  private var offset = 0
  private var epoch = -1

  /// Batches of `subset` of `dataset`. `stream` is `.dataOrder` for training and `.score` for the batches a
  /// criterion sees, which are not augmented.
  ///
  /// - Throws: `DatasetError.batchSize` where the subset does not fill one batch.
  public init(
    _ subset: Subset, of dataset: Dataset, batchSize: Int, seed: UInt64, stream: RandomStreamKind = .dataOrder
  ) throws(DatasetError) {
    let count = subset.examplesPerEpoch
    if case .text = subset.examples.inputs { textLength = dataset.task.inputSize } else { textLength = nil }
    guard batchSize >= 1, batchSize <= count else { throw .batchSize(batchSize, available: count) }
    self.batchSize = batchSize
    self.seed = seed
    self.stream = stream
    stepsPerEpoch = subset.stepsPerEpoch(batchSize: batchSize)
    indices = subset.indices
    writer = ExampleWriter(subset.examples, of: dataset)
    augmentation = stream == .dataOrder ? dataset.augmentation : .none
    order = [Int32](repeating: 0, count: count)
  }

  /// Fills the inputs `[batchSize, …input shape]` and labels `[batchSize, labelSize]` of a step.
  public mutating func fill(
    _ step: Int, inputs: UnsafeMutableBufferPointer<Float>, labels: UnsafeMutableBufferPointer<Int32>
  ) {
    precondition(inputs.count == batchSize * inputSize, "the buffer for inputs has the wrong size")
    prepare(step)
    withExamples(of: step, labels: labels) { chosen in
      guard let target = inputs.baseAddress else { return }
      if augmentation == .none {
        writer.write(chosen, to: target)
      } else {
        for row in 0..<batchSize {
          let draw = augmentation.draw(seed: seed, epoch: epoch, example: Int(chosen[row]))
          writer.write(Int(chosen[row]), augmented: draw, to: target + row * inputSize)
        }
      }
    }
  }

  /// Fills the tokens `[batchSize, length]` and labels `[batchSize, labelSize]` of a step.
  public mutating func fill(
    _ step: Int, tokens: UnsafeMutableBufferPointer<Int32>, labels: UnsafeMutableBufferPointer<Int32>
  ) {
    precondition(tokens.count == batchSize * inputSize, "the buffer for tokens has the wrong size")
    prepare(step)
    withExamples(of: step, labels: labels) { chosen in
      guard let target = tokens.baseAddress else { return }
      writer.write(chosen, offset: offset, to: target)
    }
  }

  /// The examples of a step, as indices into the data set's training examples.
  package mutating func examples(of step: Int) -> [Int] {
    prepare(step)
    return order[places(of: step)].map { Int($0) }
  }

  private func places(of step: Int) -> Range<Int> {
    let first = step % stepsPerEpoch * batchSize
    return first..<first + batchSize
  }

  private func withExamples(
    of step: Int, labels: UnsafeMutableBufferPointer<Int32>,
    _ body: (_ chosen: UnsafeBufferPointer<Int32>) -> Void
  ) {
    precondition(labels.count == batchSize * labelSize, "the buffer for labels has the wrong size")
    guard let target = labels.baseAddress else { return }
    order.withUnsafeBufferPointer { order in
      let chosen = UnsafeBufferPointer(rebasing: order[places(of: step)])
      body(chosen)
      writer.writeLabels(chosen, offset: offset, to: target)
    }
  }

  /// Draws the order of a step's epoch, in place, unless it is there.
  private mutating func prepare(_ step: Int) {
    precondition(step >= 0, "a step is counted from 0")
    let epoch = step / stepsPerEpoch
    guard epoch != self.epoch else { return }
    self.epoch = epoch
    var random = RandomStream(seed: seed, stream: stream, substream: UInt32(truncatingIfNeeded: epoch))
    if let textLength { offset = Int(random.integer(below: UInt32(textLength))) }
    for i in order.indices { order[i] = Int32(i) }
    random.shuffle(&order)
    for i in order.indices { order[i] = indices[Int(order[i])] }
  }
}
