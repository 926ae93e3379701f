import CoppiceNetworks
import CoppicePruning
import CoppiceTensors
import CoppiceTerms

/// What sets a pruned network right before it is trained on, or in place of that: from some batches of training data, without a
/// gradient and without an optimizer. Each shipped one stands in Recipes/Repairs/.
public struct Repair: Component {
  /// The name, the version and every field of the repair.
  public let specification: Specification
  /// How many batches of `scoring-batch` examples it looks at.
  let batches: Int
  /// Whether it compares with the network before the pruning.
  let compares: Bool
  /// Refuses a network without what it repairs.
  let requires: @Sendable (RepairSetup) throws -> Void
  let apply: @Sendable (inout RepairCall) throws -> Void

  /// A repair.
  /// - Parameters:
  ///   - batches: how many batches it looks at.
  ///   - compares: whether it compares with the network before the pruning.
  ///   - requires: throws where the network does not have what is repaired.
  ///   - apply: changes parameters and buffers.
  init(
    _ name: String, version: Int, batches: Int, compares: Bool,
    fields: [(name: String, value: Specification.Value)] = [],
    requires: @escaping @Sendable (RepairSetup) throws -> Void,
    apply: @escaping @Sendable (inout RepairCall) throws -> Void
  ) {
    specification = Specification(name, version: version, [("batches", .integer(batches))] + fields)
    (self.batches, self.compares) = (batches, compares)
    (self.requires, self.apply) = (requires, apply)
  }

  /// No repair.
  init(none name: String, version: Int) {
    specification = Specification(name, version: version)
    (batches, compares) = (0, false)
    requires = { _ in }
    apply = { _ in }
  }

  /// How many batches a repair may look at: more are a slip of the pen.
  static let possibleBatches = 1...1_000_000
}

/// What a repair is asked to repair, before anything is trained.
struct RepairSetup {
  let network: Network
  /// The layers that are pruned.
  let layers: [PrunableLayer]
}

/// A network while it is repaired.
struct RepairCall {
  let regimen: Regimen
  /// The parameters; what is pruned is 0.
  var parameters: ParameterSet
  var buffers: ParameterSet
  let masks: MaskSet
  /// The network before the pruning, where the repair compares with it.
  let reference: (parameters: ParameterSet, buffers: ParameterSet)?
  /// The batches it looks at.
  let data: ScoringData
  let threads: Int
  /// Asked before every batch and between layers; what it throws ends the repair.
  let check: () throws -> Void
}
