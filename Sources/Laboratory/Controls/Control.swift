import CoppiceTerms

/// What a claim about a pruned network is compared with: it takes the place of a round's stages. A control never gets fewer
/// steps than what it controls, unless it is one without training. Each shipped one stands in Controls/.
public struct Control: Component {
  /// The name, the version and every field of the control.
  public let specification: Specification
  /// Whether it is trained as long as what it controls; one that is not shows what training brings.
  let isTrained: Bool
  /// The stages that stand for a round in place of the ticket's; `nil` for the ticket's own.
  let replace: (@Sendable (inout Course, Ticket) throws -> [(role: Round.Role, key: StageKey)])?

  /// What a control replaces.
  struct Ticket {
    /// The stage with the network as its pruning has left it.
    let network: StageKey
    /// The pruning with the round's masks.
    let masks: StageKey
    /// The retraining in steps.
    let retraining: RetrainingPlan
    /// The step of the data's order that its first step has: every control gets the batches of its ticket.
    let firstStep: Int
    /// The density that is expected, 0…1.
    let density: Double
    /// What repairs the pruned network before it is trained on, in order. A control that goes on from other masks is repaired too.
    let repairs: [Repair]
    /// The training before the pruning, where only its end tells which steps the retraining makes.
    var predecessor: TrainingStage.Predecessor?
  }

  /// A control.
  init(
    _ name: String, version: Int, isTrained: Bool = true,
    replace: (@Sendable (inout Course, Ticket) throws -> [(role: Round.Role, key: StageKey)])?
  ) {
    specification = Specification(name, version: version)
    self.isTrained = isTrained
    self.replace = replace
  }
}
