import CoppiceAutodiff
import CoppiceNetworks
import CoppicePruning
import CoppiceTensors
import CoppiceTerms

/// What a network costs under masks, in what a target counts.
///
/// Where the granularity makes units, costs are those of the network without the units of which nothing is left. Where single weights
/// are pruned, shapes stay as they are: parameters and operations with pruned weights are left out.
package struct CostModel: Sendable {
  /// What costs depend on, beside the network.
  let specification: Specification
  /// What the network costs before any pruning.
  let whole: Double
  /// What is left at least.
  let least: Double
  /// What one weight of a layer costs, where costs add up.
  let weightCosts: [String: Double]
  /// What the network costs under masks.
  let cost: @Sendable (MaskSet) throws -> Double

  /// The costs of a trial's network.
  /// - Parameters:
  ///   - compacted: what is left of the network where units are cut out.
  ///   - tables: where tables of latencies lie.
  /// - Throws: `PlanError` where the target does not count what the granularity prunes, `LatencyTableError`.
  init(
    _ target: CostTarget, _ network: Network, _ pruner: Pruner, _ structure: NetworkStructure,
    compacted: () throws -> CompactedCosts, tables: LatencyTables
  ) throws {
    guard pruner.granularity.pattern == nil else {
      throw PruningError.patternCost(granularity: "\(pruner.granularity)")
    }
    let shapes = Dictionary(
      network.declarations.map { ($0.name, $0.shape) }, uniquingKeysWith: { first, _ in first })
    let isOfUnits = pruner.granularity.isOfUnits
    var fields: [(name: String, value: Specification.Value)] = []
    let flops = try network.evaluationGraph(batch: 1).flopsByParameter
    let perWeight = Dictionary(
      flops.map { ($0.key, Double($0.value) / Double(max(1, shapes[$0.key]?.count ?? 1))) },
      uniquingKeysWith: { first, _ in first })
    switch target.measure {
    case .weights, .units:
      let counter = try UnitCounter(pruner, among: network.layers, structure: structure) { shapes[$0] }
      cost = { Double(counter.survivors(in: $0)) }
      weightCosts = [:]
    case .parameters where !isOfUnits:
      let all = network.declarations.reduce(0) { $0 + $1.shape.count }
      cost = { masks in Double(all - masks.count + masks.keptCount) }
      weightCosts = [:]
    case .flops where !isOfUnits:
      let all = try network.evaluationGraph(batch: 1).flops
      cost = { masks in
        masks.counted.reduce(Double(all)) { cost, entry in
          cost - Double(entry.mask.count - entry.mask.keptCount) * (perWeight[entry.name] ?? 0)
        }
      }
      weightCosts = perWeight
    case .parameters:
      let compacted = try compacted()
      cost = { Double(compacted.parameters($0)) }
      weightCosts = [:]
    case .flops:
      let compacted = try compacted()
      cost = { Double(try compacted.flops($0)) }
      weightCosts = perWeight
    case .bytes, .memory, .latency:
      guard isOfUnits else { throw PlanError.targetOfWeights(target, pruner.granularity) }
      let compacted = try compacted()
      switch target.measure {
      case .memory(let batch):
        let forward = try network.forward(batch: batch, isTraining: false)
        fields = [("batch", .integer(batch))]
        cost = { Double(try compacted.memory($0, forward)) }
        weightCosts = [:]
      case .latency(let batch, let digest):
        let table = try tables.table(digest)
        try table.check(network, batch: batch)
        let work = CompactedWork(try network.forward(batch: batch, isTraining: false))
        try table.check(work)
        fields = [("table", .text(table.digest))]
        cost = { try table.seconds(work.work(keeping: try compacted.kept($0))) }
        weightCosts = perWeight
      default:
        cost = { Double(compacted.bytes($0)) }
        weightCosts = [:]
      }
    }
    specification = Specification(target.name, version: target.specification.version, fields)
    whole = try cost(network.fullMasks)
    least = try cost(
      pruner.leastMasks(among: network.layers, structure: structure) { shapes[$0] })
  }

  /// What a pruning is to leave.
  func aim(_ cost: Double, isCeiling: Bool) -> CostAim {
    CostAim(cost, isCeiling: isCeiling, weightCosts: weightCosts, costUnder: self.cost)
  }
}

/// What prunings are to leave of a cost, told before anything is trained. Rounds go on from these numbers, not from what units made of
/// them.
package struct CostForecast: Sendable {
  package let model: CostModel
  private let target: CostTarget
  /// What is to be left after the prunings so far.
  private(set) var aim: Double

  /// Before any pruning.
  init(_ target: CostTarget, _ model: CostModel) {
    (self.target, self.model, aim) = (target, model, model.whole)
  }

  /// Whether no more than the aim may be left.
  var isCeiling: Bool { target.isCeiling }

  /// The share of the whole that is to go.
  var share: Double { model.whole > 0 ? 1 - aim / model.whole : 0 }

  /// The pruning ratio of a trial: its own, or what the target states.
  /// - Throws: `PlanError` where the network costs no more than is asked for, or no pruning leaves so little.
  func ratio(_ own: Double?) throws -> Double? {
    switch target.aim {
    case .ratio: return own
    case .share(let share): return share
    case .atMost(let most):
      guard most < model.whole else { throw PlanError.targetMet(target, whole: model.whole) }
      guard most >= model.least else {
        throw PlanError.targetBelowLeast(target, least: model.least, whole: model.whole)
      }
      return 1 - most / model.whole
    }
  }

  /// Takes one more pruning into account, and says whether it is known to remove nothing.
  /// - Throws: `PruningError` for a target out of range, `PlanError` where no pruning leaves so little.
  mutating func prune(to target: PruningTarget) throws -> Bool {
    try target.check()
    let before = aim
    switch target {
    case .sparsity(let sparsity):
      var next = (1 - sparsity) * model.whole
      if case .atMost(let most) = self.target.aim, (next - most).magnitude <= 1e-9 * model.whole {
        next = most
      }
      aim = min(aim, next)
    case .rate(let rate, let times): for _ in 0..<times { aim *= 1 - rate }
    }
    guard aim >= model.least * (1 - 1e-12) else {
      throw PlanError.targetUnreachable(self.target, share: share, most: 1 - model.least / model.whole)
    }
    return aim == before
  }
}
