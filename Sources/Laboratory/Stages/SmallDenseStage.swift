import CoppiceAutodiff
import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import CoppiceTerms

/// Masks that make the whole network narrower, until it costs what a pruned one costs: of every family of channels, hidden units and
/// heads the same share stays. What is left is dense.
struct SmallDenseStage: Stage {
  /// What is to be equal.
  enum Cost: String, Hashable, Sendable {
    /// The parameters that are left where units of which nothing is left are cut out.
    case parameters
    /// The floating-point operations that these weights take part in.
    case flops
  }

  let regimen: Regimen
  /// The stage with the masks of the pruned network.
  let pruning: StageKey
  let cost: Cost
  let key: StageKey

  init(_ regimen: Regimen, like pruning: StageKey, in cost: Cost) {
    (self.regimen, self.pruning, self.cost) = (regimen, pruning, cost)
    key = StageKey(
      Specification(
        "small-dense", version: 1, [("pruning", pruning.value), ("cost", .text(cost.rawValue))]))
  }

  var parents: [StageKey] { [pruning] }

  func run(_ context: StageContext) throws -> StageRecord {
    let survivors = try context.costs.compaction(of: regimen).survivors(context.masks(of: pruning))
    let costs = try context.costs.costs(of: regimen)
    let widths = NetworkWidths(regimen.model, try Self.units(of: regimen.model))
    func cost(_ left: [NetworkWidths.Left]) -> Double {
      left.reduce(0) { sum, parameter in
        switch self.cost {
        case .parameters: sum + Double(parameter.kept)
        case .flops:
          sum + Double(costs.flopsByParameter[parameter.name] ?? 0) * Double(parameter.kept)
            / Double(max(1, parameter.count))
        }
      }
    }
    let wanted = cost(survivors.map { ($0.name, $0.mask.keptCount, $0.mask.count) })
    let masks = widths.masks(keeping: widths.width(nearest: wanted, cost))
    var record = StageRecord(
      key: key.hexadecimal, masks: [("masks", masks)],
      numbers: try context.outputs(of: pruning).numbers.filter { $0.name == "requested_sparsity" })
    try record.follow(masks, of: regimen, context.costs)
    return record
  }

  /// What a network can be made narrower by: everything that can be cut out but for features of a stream, across which layers normalise.
  static func units(of network: Network) throws -> [AxisGroup] {
    let structure = NetworkStructure(
      groups: try network.forward(batch: 1, isTraining: false).axisGroups())
    return structure.removable.filter { !$0.labels.contains("embedding") }
  }
}
