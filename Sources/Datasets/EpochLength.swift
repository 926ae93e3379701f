extension Examples {
  /// The number of examples an epoch draws from, of `count` it may use. A running text gives up one: its windows start
  /// up to a window later in every epoch.
  fileprivate func perEpoch(of count: Int) -> Int {
    if case .text = inputs { max(0, count - 1) } else { count }
  }
}

extension Subset {
  /// The number of examples an epoch of training draws from.
  var examplesPerEpoch: Int { examples.perEpoch(of: count) }

  /// Training steps in an epoch: ⌊examples / batch size⌋; 0 where they do not fill one batch.
  public func stepsPerEpoch(batchSize: Int) -> Int { batchSize < 1 ? 0 : examplesPerEpoch / batchSize }
}

extension Dataset {
  /// Training steps in an epoch, the same for every split; 0 where the examples do not fill one batch.
  package func stepsPerEpoch(batchSize: Int) -> Int {
    batchSize < 1 ? 0 : training.perEpoch(of: sizes.training) / batchSize
  }
}
