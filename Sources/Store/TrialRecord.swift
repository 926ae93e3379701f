import CoppiceTensors

/// Everything that is kept of one trial.
package struct TrialRecord: Sendable {
  /// The trial's name, that of its file.
  package var trial: String
  /// The hash of everything the trial depends on, 64 hexadecimal digits; `nil` for files from before it was stored. Not part
  /// of the digest.
  package var key: String?
  package var status: TrialStatus
  /// Why it failed; `nil` where it did not, or nobody knows. Not part of the digest.
  package var failure: TrialFailure?
  /// The full resolved specification, as JSON.
  package var configuration: String
  /// Where, when and with what it was computed, as JSON. Not part of the digest.
  package var provenance: String
  /// The weights before training, if kept.
  package var initialWeights: ParameterSet?
  /// The rounds in order.
  package var rounds: [RoundRecord]

  /// A record of these parts.
  package init(
    trial: String, key: String? = nil, status: TrialStatus, failure: TrialFailure? = nil,
    configuration: String, provenance: String, initialWeights: ParameterSet? = nil,
    rounds: [RoundRecord] = []
  ) {
    (self.trial, self.key, self.status, self.failure) = (trial, key, status, failure)
    (self.configuration, self.provenance) = (configuration, provenance)
    (self.initialWeights, self.rounds) = (initialWeights, rounds)
  }
}

/// Everything that is kept of one round: training, then what it gave. Round k has had k prunings.
package struct RoundRecord: Sendable {
  /// The round's line in the index: conditions and results.
  package var row: IndexRow
  /// The weights at the end of the round, pruned ones exactly 0, if kept.
  package var weights: ParameterSet?
  /// The masks the round was trained under, if kept: 1 where a weight takes part in the forward pass.
  package var masks: MaskSet?
  /// Which weights the optimizer moved; `nil` where they are those of `masks`.
  package var trainedMasks: MaskSet?
  /// The order of input channels in which each layer was grouped, `[in]`, where a pattern permutes them.
  package var channelOrders: ParameterSet?
  /// The scales of every weight that is codes, `[out]`; `nil` where none is.
  package var weightScales: ParameterSet?
  /// How far the inputs of layers reach below and above 0, `[2]`, by the name of the weight; `nil` where they are no codes.
  package var inputRanges: ParameterSet?
  package var series: Series
  package var evaluations: [Evaluation]
  package var layers: [LayerRecord]
  /// What came of what must hold of every round. Not part of the digest.
  package var invariants: [InvariantRecord]

  /// A record of these parts.
  package init(
    row: IndexRow, weights: ParameterSet? = nil, masks: MaskSet? = nil, trainedMasks: MaskSet? = nil,
    channelOrders: ParameterSet? = nil, weightScales: ParameterSet? = nil, inputRanges: ParameterSet? = nil,
    series: Series = Series(), evaluations: [Evaluation] = [], layers: [LayerRecord] = [],
    invariants: [InvariantRecord] = []
  ) {
    (self.row, self.weights, self.masks, self.trainedMasks) = (row, weights, masks, trainedMasks)
    (self.channelOrders, self.weightScales, self.inputRanges) = (channelOrders, weightScales, inputRanges)
    (self.series, self.evaluations, self.layers) = (series, evaluations, layers)
    self.invariants = invariants
  }

  /// The number of prunings so far.
  package var index: Int { row.round }
}
