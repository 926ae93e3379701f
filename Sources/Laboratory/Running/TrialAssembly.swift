import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import CoppiceTerms

/// Puts the outputs of stages together to the record of a trial.
package struct TrialAssembly {
  private let plan: TrialPlan
  private let outputs: RecentStages
  private let distinctions: [Distinction]
  private let costs: NetworkCostTable
  private let spending: TrialSpending

  /// The assembly of a trial.
  ///
  /// - Parameters:
  ///   - outputs: where the outputs of its stages lie.
  ///   - distinctions: in what the trials of the sweep differ, for the index.
  ///   - costs: what networks cost, counted once for all trials.
  package init(
    _ plan: TrialPlan, from outputs: RecentStages, distinctions: [Distinction] = [],
    costs: NetworkCostTable = NetworkCostTable()
  ) {
    (self.plan, self.outputs) = (plan, outputs)
    (self.distinctions, self.costs) = (distinctions, costs)
    spending = TrialSpending(plan, from: outputs, costs)
  }

  /// The record, as far as the stages were made.
  ///
  /// - Parameter ending: how a trial ended whose stages are not all there.
  package func record(provenance: String, ending: TrialStatus?) throws -> TrialRecord {
    var rounds: [RoundRecord] = []
    var status = TrialStatus.completed
    var before: (round: Round, masks: MaskSet?)?
    for round in plan.rounds {
      let masks = try round[.masks].flatMap { try outputs.read($0) }
      // Where masks move inside a training, the training itself leaves them: its end is told below, with its results.
      if round[.masks] != round[.training], let end = masks?.outcome.ending { status = end }
      guard status == .completed, let training = try round[.training].flatMap({ try outputs.read($0) }) else {
        if status == .completed { status = ending ?? .failed }
        // A ladder that a stop rule ended has no such round.
        if status == .completed { break }
        var row = try row(round, masks, nil)
        row.status = status
        let kept = masks?[masks: "masks"]
        // Which layers were emptied is what a reader of a collapsed trial asks first.
        let layers = try kept.map { try costs.costs(of: plan.regimen).layers(of: plan.regimen, $0) } ?? []
        rounds.append(RoundRecord(row: row, masks: kept, layers: layers))
        break
      }
      status = training.outcome.ending ?? .completed
      var record = try self.round(round, training, masks)
      let kept = masks?[masks: "masks"]
      // The masks of a control need not lie within those of the network it is compared with.
      let comparable = before.flatMap { $0.round.isControl == round.isControl ? $0.masks : nil }
      if status == .completed {
        record.invariants.merge(try sight(round, record, training, kept, before: comparable).findings)
        if record.invariants.fault != nil { status = .failed }
      }
      record.invariants = record.invariants.inOrder
      before = (round, kept)
      rounds.append(record)
      if status != .completed { break }
    }
    for index in rounds.indices {
      rounds[index].row.status = index == rounds.count - 1 ? status : .completed
      rounds[index].row.isFinal = index == rounds.count - 1
    }
    if let reason = try ladderStop(), let last = rounds.indices.last { rounds[last].row.stoppedBy = reason }
    return try TrialRecord(
      trial: plan.name, key: plan.key.hexadecimal, status: status, configuration: plan.configuration,
      provenance: provenance, initialWeights: plan.regimen.initialParameters(draw: 0), rounds: rounds)
  }

  /// Why a trial failed of which something did not hold; `nil` where all that was tested held.
  package func fault(in record: TrialRecord) throws -> String? {
    guard record.status == .failed else { return nil }
    if let fault = record.rounds.lazy.compactMap(\.invariants.fault).first { return fault }
    return try plan.stages.lazy.compactMap { try outputs.read($0.key)?.outcome.fault }.first
  }

  /// What invariants see of a round.
  private func sight(
    _ round: Round, _ record: RoundRecord, _ training: StageRecord, _ masks: MaskSet?, before: MaskSet?
  ) throws -> RoundSight {
    let stage = self.training(of: round[.training])
    let made = record.evaluations.last?.step ?? 0
    return RoundSight(
      record, masks: masks, before: before, freezesPruned: stage?.freezesPruned ?? false,
      steps: try round.ticketSteps.map {
        (made + (try stage.map { try steps(before: $0) } ?? 0), $0 + (try spared(in: round)))
      },
      stop: plan.trial.stop,
      settledStep: Int(exactly: training[numbers: "settled_step"]?.first ?? 0) ?? 0)
  }

  private func training(of key: StageKey?) -> TrainingStage? {
    plan.stages.first { $0.key == key } as? TrainingStage
  }

  /// The steps that a network has had before a training.
  private func steps(before training: TrainingStage) throws -> Int {
    guard case .weights(let key) = training.source else { return 0 }
    var source = plan.stages.first { $0.key == key }
    // What stands between trainings, as a pruning that moves weights, takes the network from its first parent.
    while let stage = source, !(stage is TrainingStage) {
      source = plan.stages.first { $0.key == stage.parents.first }
    }
    guard let source = source as? TrainingStage else { return 0 }
    // One that a rule may have ended says itself how many it has made.
    let made = source.mayEndEarly ? try outputs.read(source.key)?[numbers: "step"]?.first : nil
    return try (made.flatMap { Int(exactly: $0) } ?? source.steps) + steps(before: source)
  }

  /// The steps, below 0, by which a stop rule has shortened what the ticket's network was planned to have.
  private func spared(in round: Round) throws -> Int {
    guard let spared = round.spared, let record = try outputs.read(spared.training) else { return 0 }
    return try spared.difference(in: record)
  }

  private func round(
    _ round: Round, _ training: StageRecord, _ masks: StageRecord?
  ) throws -> RoundRecord {
    var weights = training[parameters: "parameters"] ?? ParameterSet()
    for (name, buffer) in training[parameters: "buffers"] ?? ParameterSet() { weights[name] = buffer }
    return RoundRecord(
      row: try row(round, masks, training), weights: weights,
      masks: training[masks: "masks"] ?? masks?[masks: "masks"] ?? MaskSet(),
      trainedMasks: training[masks: "trained"], channelOrders: masks?[parameters: "channel_orders"],
      weightScales: training[parameters: "scales"], inputRanges: training[parameters: "ranges"],
      series: training.series, evaluations: training.evaluations,
      layers: training.layers, invariants: training.invariants)
  }

  private func row(_ round: Round, _ masks: StageRecord?, _ training: StageRecord?) throws -> IndexRow {
    var row = plan.row(round, distinctions: distinctions)
    if !plan.isAsked(round), !round.isInVain {
      row.requestedSparsity = masks?[numbers: "requested_sparsity"]?.first ?? row.requestedSparsity
    }
    let kept = masks?[masks: "masks"]
    // Masks that were never made have no sparsity.
    let isDense = round[.masks] == nil
    row.sparsity = kept?.sparsity ?? (isDense ? 0 : .nan)
    row.density = kept?.density ?? (isDense ? 1 : .nan)
    if let stop = training.flatMap({ JSON(parsing: $0.metadata)?["stop"] }), case .text(let text) = stop {
      row.stoppedBy = text
    }
    // A network that was pruned and never trained has its costs all the same, one whose masks were never made has none.
    let network = kept == nil && round[.masks] != nil ? nil : try costs.costs(of: plan.regimen)
    let spent = try spending.total(upTo: training == nil ? round[.masks] : round[.training])
    row.measure(
      RoundFacts(
        evaluations: training?.evaluations ?? [],
        layers: training?.layers ?? network?.layers(of: plan.regimen, kept) ?? [], masks: kept,
        series: training?.series ?? Series(),
        flops: training?[numbers: "flops"]?.first.flatMap { Int(exactly: $0) } ?? network?.flops,
        trainingFlops: spent.flatMap { Int(exactly: $0.flops.rounded()) },
        trainingFlopsDense: spent.flatMap { Int(exactly: $0.dense.rounded()) },
        // Masks that a training has of its own are not those it was given.
        paths: network == nil
          ? nil : try training.flatMap(PathRecord.init) ?? masks.flatMap(PathRecord.init) ?? paths(kept),
        compaction: network == nil ? nil : try compaction(kept, training),
        size: network == nil ? nil : try costs.compaction(of: plan.regimen).size(kept),
        latency: try round[.latency].flatMap { try outputs.read($0) }.flatMap(LatencyRecord.init),
        target: network == nil ? nil : try target(round, kept),
        quantisation: training.flatMap { QuantisationRecord($0, of: plan.regimen.model, masks: kept) },
        wallTime: training?[numbers: "wall_time"]?.first.map { round.isInVain ? 0 : $0 } ?? .nan,
        exploration: training?[numbers: "exploration"]?.first,
        ties: masks?[numbers: "ties"]?.first.flatMap { round.isInVain ? 0 : Int(exactly: $0) },
        settledStep: Int(exactly: training?[numbers: "settled_step"]?.first ?? 0) ?? 0))
    return row
  }

  /// What is left where units are cut out: as it was trained, or as masks of whole units say.
  private func compaction(_ masks: MaskSet?, _ training: StageRecord?) throws -> CompactionRecord? {
    if let record = training.flatMap(CompactionRecord.init) { return record }
    guard plan.trial.granularity.isOfUnits else { return nil }
    return try costs.compaction(of: plan.regimen).record(masks)
  }

  /// What is left of what the trial's target counts.
  private func target(_ round: Round, _ masks: MaskSet?) throws -> TargetRecord? {
    guard let costs = plan.costs else { return nil }
    return TargetRecord(
      whole: costs.whole, asked: round.requestedCost ?? costs.whole,
      achieved: try masks.map(costs.cost) ?? costs.whole)
  }

  private func paths(_ masks: MaskSet?) throws -> PathRecord {
    let paths = try costs.paths(of: plan.regimen)
    return masks.map(paths.record) ?? paths.dense
  }

  /// Why the trial's ladder ended before its last round; `nil` where it went its whole way.
  private func ladderStop() throws -> String? {
    for case let decision as DecisionStage in plan.stages {
      if case .stopped(let reason)? = try outputs.read(decision.key)?.outcome {
        return "\(decision.rule.name) after round \(decision.rounds.count - 1): \(reason)"
      }
    }
    return nil
  }
}

extension TrialPlan {
  /// The ratio that the trial was asked for, as it was written; `nil` where its schedule sets its own, or where the round that has
  /// it is not reported.
  private var askedSparsity: Double? { trial.recipe == nil && endsReported ? ratio : nil }

  /// Whether a round has the sparsity that the trial was asked for. What was asked for is not rounded to whole weights.
  func isAsked(_ round: Round) -> Bool { askedSparsity != nil && round.index == rounds.last?.index }

  /// Gives a row of an older file, where it was rounded to whole weights, the sparsity that the trial was asked for.
  func setAsked(of row: inout IndexRow) {
    guard let askedSparsity else { return }
    row.targetSparsity = askedSparsity
    if costs == nil, row.round == rounds.last?.index { row.requestedSparsity = askedSparsity }
  }

  /// The row of a round with its conditions alone: what stands in the summary for a trial without results.
  package func row(_ round: Round, distinctions: [Distinction]) -> IndexRow {
    var row = IndexRow(trial: name, seed: trial.seed, round: round.index)
    row.model = trial.model.name
    row.dataset = regimen.data.name
    row.criterion = trial.method
    row.granularity = trial.granularity.name
    row.allocation = trial.allocation.name
    row.schedule = trial.recipe?.name ?? trial.schedule.name
    row.dynamics = trial.dynamics.name
    row.retraining = retraining.name
    row.rewindStep = rewindStep
    row.control = trial.control.name
    row.isLadder = trial.recipe == nil && trial.schedule.isLadder
    row.targetSparsity = askedSparsity ?? targetSparsity
    row.requestedSparsity = isAsked(round) && costs == nil ? row.targetSparsity : round.requestedSparsity
    row.settings = values(of: distinctions)
    return row
  }
}
