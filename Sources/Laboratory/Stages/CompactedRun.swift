import CoppiceNetworks
import CoppiceStore
import CoppiceTensors

/// The smaller network that a training runs on where units are cut out. What is stored has whole shapes: at removed places stands what
/// stood there when the training began, under its masks.
struct CompactedRun {
  let compacted: Compacted
  /// The smaller network.
  let network: Network
  /// The whole network, the masks it is trained under, and where it began, masked.
  private let whole: (network: Network, masks: MaskSet, state: TrainingState)

  /// - Returns: `nil` where masks leave something of every unit.
  init?(
    _ network: Network, _ masks: MaskSet, initial state: TrainingState, optimizer: Optimizer
  ) throws {
    compacted = try Compacted(network, masks: masks)
    if compacted.isEmpty { return nil }
    self.network = try compacted.apply(to: network)
    var state = state
    state.parameters = masks.applied(to: state.parameters)
    // What a part would have that is gone.
    if !compacted.parts.isEmpty { state.moments = network.zeroMoments(of: optimizer) }
    whole = (network, masks, state)
  }

  /// The masks of what is left, those that still remove something.
  var masks: MaskSet? {
    let masks = compacted.sliced(whole.masks).filter { $0.mask.keptCount < $0.mask.count }
    return masks.isEmpty ? nil : masks
  }

  /// Whole parameters.
  func expanded(_ parameters: ParameterSet) -> ParameterSet {
    compacted.expanded(parameters, into: whole.state.parameters)
  }

  /// Whole running statistics.
  func expanded(buffers: ParameterSet) -> ParameterSet {
    compacted.expanded(buffers, into: whole.state.buffers)
  }

  /// A whole state.
  func expanded(_ state: TrainingState) -> TrainingState { compacted.expanded(state, into: whole.state) }

  /// How far the logits of both networks are apart where the training begins, with the statistics of evaluation and, where nothing
  /// is dropped, with those of the batch.
  func agreements(batch: Int, threads: Int, fill: BatchFill) throws -> [CompactionAgreement] {
    try [false, true].compactMap { isTraining in
      try compacted.agreement(
        of: whole.network, whole.state.parameters, whole.state.buffers, masks: whole.masks, batch: batch,
        isTraining: isTraining, threads: threads, fill: fill)
    }
  }

  /// What is left, in numbers.
  func record(_ agreements: [CompactionAgreement]) -> CompactionRecord {
    CompactionRecord(network, difference: agreements.map(\.ratio).max())
  }
}

extension CompactionRecord {
  /// The size of a network that was made smaller.
  init(_ network: Network, difference: Double? = nil) {
    let parameters = network.declarations.reduce(0) { $0 + $1.shape.count }
    let buffers = network.buffers.reduce(0) { $0 + $1.shape.count }
    self.init(parameters: parameters, bytes: 4 * (parameters + buffers), difference: difference)
  }
}
