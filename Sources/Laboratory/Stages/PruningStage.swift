import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import CoppiceTerms

/// Prunes the network of a stage: masks by its scores that are subsets of those before. Where the criterion moves survivors, the
/// weights after the cut are an output too.
package struct PruningStage: Stage {
  package let regimen: Regimen
  /// The stage whose network is pruned.
  package let network: StageKey
  /// The stage with the masks so far; `nil` where nothing is pruned yet.
  package let masks: StageKey?
  package let pruner: Pruner
  /// What the granularity makes units from.
  package let structure: NetworkStructure
  package let target: PruningTarget
  /// What is to be left of what the network costs; `nil` where the target says it in weights.
  let costs: CostForecast?
  /// How many weights of each layer the prunings before were to leave; `nil` for as many as they left.
  let aims: [Int]?
  /// The stages of the evidence that criterion and allocation ask for, in their order.
  package let evidence: [StageKey]
  /// The stage of the scores; `nil` where the pruning scores by itself. Network, masks, criterion and evidence say what it holds, so it
  /// has no part in the key.
  package let scores: StageKey?
  /// The data of that evidence, which a criterion with rounds measures again.
  let scoring: ScoringData?
  /// The stage of the loss with one layer at a time pruned; `nil` where nobody asks for it.
  package let sensitivity: StageKey?
  /// The decision that the ladder goes on; `nil` where nothing may end it.
  package let decision: StageKey?
  package let key: StageKey

  package init(
    _ regimen: Regimen, of network: StageKey, masks: StageKey?, pruner: Pruner,
    structure: NetworkStructure = .none, target: PruningTarget, costing costs: CostForecast? = nil,
    from aims: [Int]? = nil, evidence: [StageKey] = [], scores: StageKey? = nil, scoring: ScoringData? = nil,
    sensitivity: StageKey? = nil, decision: StageKey? = nil
  ) {
    self.regimen = regimen
    self.network = network
    self.masks = masks
    self.pruner = pruner
    self.structure = structure
    self.target = target
    self.costs = costs
    self.aims = aims
    self.evidence = evidence
    self.scores = scores
    self.scoring = scoring
    self.sensitivity = sensitivity
    self.decision = decision
    let needs = pruner.needs
    key = StageKey(
      Specification(
        "pruning", version: 1,
        [
          ("network", network.value), ("criterion", .component(pruner.criterion.specification)),
          ("granularity", .component(pruner.granularity.specification)),
          ("allocation", .component(pruner.allocation.specification)), ("target", target.value),
        ]
      ).adding([
        ("costs", costs.map { .component($0.specification) } ?? .none, neutral: .none),
        ("aims", aims.map { .list($0.map(Specification.Value.integer)) } ?? .none, neutral: .none),
        ("masks", masks?.value ?? .none, neutral: .none),
        ("seed", needs.isEmpty ? .none : .integer(regimen.seed), neutral: .none),
        ("evidence", .list(evidence.map(\.value)), neutral: .list([])),
        ("sensitivity", sensitivity?.value ?? .none, neutral: .none),
        ("decision", decision?.value ?? .none, neutral: .none),
      ]))
  }

  package var parents: [StageKey] {
    [network] + [masks, scores, sensitivity, decision].compactMap { $0 } + evidenceRead.map(\.key)
  }

  /// The evidence that the pruning itself reads. What only the scores are made of, their stage reads.
  private var evidenceRead: [(evidence: Evidence, key: StageKey)] {
    let all = zip(pruner.needs.evidence, evidence)
    guard scores != nil, !pruner.criterion.movesSurvivors else { return Array(all) }
    return all.filter { pruner.allocation.needs.evidence.contains($0.0) }
  }

  package func run(_ context: StageContext) throws -> StageRecord {
    let scoringContext = try context.scoringContext(
      regimen, of: network, masks: masks, structure: structure, needs: pruner.needs,
      evidence: evidenceRead, sensitivity: sensitivity)
    // The pruner sees every prunable layer; those the allocation ignores have no mask in what is stored.
    let prunable = try Set(pruner.prunable(among: regimen.model.fullMasks, structure: structure).names)
    let known = try scores.map { key in
      guard let scores = try context.outputs(of: key)[parameters: "scores"] else {
        throw StageError.missingOutput("scores", stage: key.short)
      }
      return scores
    }
    let buffers = try context.outputs(of: network)[parameters: "buffers"] ?? ParameterSet()
    let measuring: Pruner.Measure? =
      scoring.map { scoring in
        let probes = EvidenceProbes(regimen, threads: context.threads)
        return { evidence, parameters, masks in
          try scoring.measure(
            evidence, regimen, by: probes, parameters, buffers, masks: masks,
            check: { try context.interruption.check() })
        }
      }
    let pruning =
      try costs.map { costs in
        try pruner.prune(
          scoringContext, structure: structure, to: costs.model.aim(costs.aim, isCeiling: costs.isCeiling),
          scores: known, measuring: measuring)
      }
      ?? pruner.prune(
        scoringContext, structure: structure, to: target, from: aims, scores: known, measuring: measuring)
    var record = StageRecord(
      key: key.hexadecimal,
      masks: [
        ("masks", pruning.masks.filter { prunable.contains($0.name) || pruning.masks.isCompanion($0.name) })
      ],
      // Under a target of costs nobody asks for a sparsity.
      numbers: costs == nil ? [("requested_sparsity", [pruning.report.requestedSparsity])] : [])
    if let ties = pruning.report.ties { record.numbers.append(("ties", [Double(ties)])) }
    if !pruning.report.held.isEmpty {
      record.metadata = JSON.object([("held", .list(pruning.report.held.map(JSON.text)))])
    }
    if !pruning.report.orders.isEmpty {
      record.parameters.append(("channel_orders", pruning.report.channelOrders))
    }
    if let weights = pruning.weights {
      record.parameters.append(("parameters", weights))
      // What goes on from these weights goes on from the running statistics behind them.
      if let known = try context.outputs(of: network)[parameters: "buffers"] {
        record.parameters.append(("buffers", pruning.statistics ?? known))
      }
    }
    try record.follow(record[masks: "masks"], of: regimen, context.costs)
    return record
  }
}

extension PruningReport {
  /// The orders of input channels by layer, `[in]` each: the channel in every place.
  fileprivate var channelOrders: ParameterSet {
    ParameterSet(orders.map { ($0.layer, Tensor([$0.channels.count], $0.channels.map { Float($0) })) })
  }
}

extension CostForecast {
  /// What masks depend on.
  fileprivate var specification: Specification {
    Specification(
      "costs", version: 1,
      [
        ("model", .component(model.specification)), ("aim", .number(aim)), ("ceiling", .flag(isCeiling)),
      ])
  }
}

extension PruningTarget {
  /// As a field of a key.
  var value: Specification.Value {
    switch self {
    case .sparsity(let sparsity): .number(sparsity)
    case .rate(let rate, let times): .list([.number(rate), .integer(times)])
    }
  }
}
