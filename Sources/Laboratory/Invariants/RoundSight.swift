import CoppiceStore
import CoppiceTensors

/// What invariants see of a round that is over.
package struct RoundSight {
  /// The round as it is stored.
  package var record: RoundRecord
  /// The masks that the round's sparsity is that of; `nil` for a dense network.
  package var masks: MaskSet?
  /// The masks of the round before; `nil` where that is dense.
  package var before: MaskSet?
  /// Whether pruned weights are frozen at their initial values in place of 0.
  package var freezesPruned = false
  /// Of a control: the steps that its network has had, and those that its ticket's has had.
  package var steps: (control: Int, ticket: Int)?
  /// What may have ended a training or the ladder before its time.
  package var stop: StopRule
  /// The step of the round's training from which masks hold still.
  package var settledStep = 0

  package init(
    _ record: RoundRecord, masks: MaskSet? = nil, before: MaskSet? = nil, freezesPruned: Bool = false,
    steps: (control: Int, ticket: Int)? = nil, stop: StopRule = .never, settledStep: Int = 0
  ) {
    (self.record, self.masks, self.before) = (record, masks, before)
    (self.freezesPruned, self.steps) = (freezesPruned, steps)
    (self.stop, self.settledStep) = (stop, settledStep)
  }

  /// What came of all invariants that apply.
  package var findings: [InvariantRecord] { Invariant.all.compactMap { $0.record(in: self) } }
}
