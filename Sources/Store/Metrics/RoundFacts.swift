import CoppiceTensors

/// Everything that is known of a round when it is over, or of one that was never trained: what metrics are made from.
package struct RoundFacts: Sendable {
  /// In ascending order of the step.
  package var evaluations: [Evaluation]
  package var layers: [LayerRecord]
  /// The masks of the round; `nil` for a dense network.
  package var masks: MaskSet?
  package var series: Series
  /// FLOPs of one example's forward pass, dense; `nil` where they are not known.
  package var flops: Int?
  /// FLOPs of all training up to the end of the round; `nil` where they are not known.
  package var trainingFlops: Int?
  /// What the same steps would have taken with every weight there.
  package var trainingFlopsDense: Int?
  /// What is left of the paths through the network; `nil` where its masks were never made.
  package var paths: PathRecord?
  /// What is left where units without any survivor are cut out; `nil` where nobody asked.
  package var compaction: CompactionRecord?
  /// What the network takes in bytes; `nil` where its masks were never made.
  package var size: SizeRecord?
  /// How long it takes; `nil` where nobody measured.
  package var latency: LatencyRecord?
  /// What is left of what the trial's target counts; `nil` where that is weights.
  package var target: TargetRecord?
  /// What is known of its codes; `nil` where it is not quantised.
  package var quantisation: QuantisationRecord?
  /// Seconds the round's training took.
  package var wallTime: Double
  /// The fraction of the prunable weights that were active in any step; `nil` where none that was removed could come back.
  package var exploration: Double?
  /// How many of the weights that were removed had a score that others of the comparison had and stayed; `nil` where nothing was
  /// selected by scores.
  package var ties: Int?
  /// The step of the round's training from which its masks hold still; what was evaluated before is another network.
  package var settledStep: Int

  /// Facts of a round.
  package init(
    evaluations: [Evaluation] = [], layers: [LayerRecord] = [], masks: MaskSet? = nil,
    series: Series = Series(),
    flops: Int? = nil, trainingFlops: Int? = nil, trainingFlopsDense: Int? = nil, paths: PathRecord? = nil,
    compaction: CompactionRecord? = nil, size: SizeRecord? = nil, latency: LatencyRecord? = nil,
    target: TargetRecord? = nil, quantisation: QuantisationRecord? = nil, wallTime: Double = .nan,
    exploration: Double? = nil,
    ties: Int? = nil,
    settledStep: Int = 0
  ) {
    (self.evaluations, self.layers, self.masks, self.series) = (evaluations, layers, masks, series)
    (self.flops, self.trainingFlops, self.wallTime) = (flops, trainingFlops, wallTime)
    (self.trainingFlopsDense, self.paths) = (trainingFlopsDense, paths)
    (self.compaction, self.size, self.latency, self.target) = (compaction, size, latency, target)
    self.quantisation = quantisation
    (self.exploration, self.ties, self.settledStep) = (exploration, ties, settledStep)
  }

  /// The first evaluation of the network under its masks with the lowest validation loss; `nil` for a network without
  /// validation data.
  package var earlyStop: Evaluation? {
    evaluations.filter { $0.step >= settledStep && $0[.validationLoss].isFinite }.min {
      $0[.validationLoss] < $1[.validationLoss]
    }
  }
}

extension IndexRow {
  /// Takes every metric of the catalogue from the facts of this row's round. What is measured at evaluations is that of the
  /// last one.
  package mutating func measure(_ facts: RoundFacts) {
    (processor, kernels) = (facts.latency?.processor ?? "", facts.latency?.kernels ?? "")
    for metric in Metrics.all {
      switch metric.measurement {
      case .evaluation: self[metric: metric] = facts.evaluations.last?[metric] ?? .nan
      case .round(let measure): self[metric: metric] = measure(facts)
      case .column: break
      }
    }
  }
}
