import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors

/// What invariants see of a training at an evaluation.
package struct TrainingSight {
  /// Steps made so far.
  package var step: Int
  /// The parameters as the optimizer has them; `nil` where masks alone are looked at.
  package var parameters: ParameterSet?
  /// The parameters as the forward pass of a step reads them.
  package var forward: ParameterSet?
  /// The masks as they stand; `nil` for a dense training.
  package var masks: DynamicMasks?
  /// At its beginning, where its weights were rewound: the step they come from, and the weights of that step.
  package var origin: (step: Int, parameters: ParameterSet)?
  /// The parameters when the masks were set, where some are not trained.
  package var frozen: ParameterSet?
  /// How many weights survive as the dynamics declares, and by how many whole units may miss that; `nil` where nothing is declared.
  package var declared: (count: Int, slack: Int)?
  /// The active masks before those of now, where the dynamics says that masks only shrink.
  package var before: MaskSet?
  /// How far the logits of a compacted network are from those of the masked one; `nil` where nothing was cut out.
  package var agreement: CompactionAgreement?

  package init(
    step: Int, parameters: ParameterSet? = nil, forward: ParameterSet? = nil, masks: DynamicMasks? = nil,
    origin: (step: Int, parameters: ParameterSet)? = nil, frozen: ParameterSet? = nil,
    declared: (count: Int, slack: Int)? = nil, before: MaskSet? = nil,
    agreement: CompactionAgreement? = nil
  ) {
    (self.step, self.parameters, self.forward) = (step, parameters, forward ?? parameters)
    (self.masks, self.origin, self.frozen) = (masks, origin, frozen)
    (self.declared, self.before, self.agreement) = (declared, before, agreement)
  }

  /// What came of all invariants that apply.
  package var findings: [InvariantRecord] { Invariant.all.compactMap { $0.record(in: self) } }
}
