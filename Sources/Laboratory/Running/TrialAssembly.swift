import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import Foundation

/// Puts the outputs of stages together to the record of a trial.
struct TrialAssembly {
  let plan: TrialPlan
  let outputs: RecentStages
  let costs: NetworkCostTable
  /// The settings the sweep varies, for the index.
  let sweptSettings: [String]

  /// The record, as far as the stages were made.
  ///
  /// - Parameter ending: how a trial ended whose stages are not all there.
  func record(provenance: String, ending: TrialStatus?) throws -> TrialRecord {
    let costs = Costs(plan: plan, network: try costs.costs(of: plan.regimen))
    var rounds: [RoundRecord] = []
    var status = TrialStatus.completed
    for round in plan.rounds {
      let masks = try round[.masks].flatMap { try outputs.read($0) }
      if let masks, masks.ending == .collapsed { status = .collapsed }
      guard status == .completed, let training = try round[.training].flatMap({ try outputs.read($0) }) else {
        if status == .completed { status = ending ?? .failed }
        var row = row(round, masks, costs)
        row.status = status
        rounds.append(RoundRecord(row: row, masks: masks?[masks: "masks"]))
        break
      }
      status = training.ending ?? .completed
      rounds.append(self.round(round, training, masks, costs))
      if status != .completed { break }
    }
    for index in rounds.indices {
      rounds[index].row.status = index == rounds.count - 1 ? status : .completed
      rounds[index].row.isFinal = index == rounds.count - 1
    }
    return TrialRecord(
      trial: plan.name, status: status, configuration: plan.trial.configuration,
      provenance: provenance, initialWeights: plan.regimen.initialParameters(draw: 0), rounds: rounds)
  }

  private func round(
    _ round: Round, _ training: StageRecord, _ masks: StageRecord?, _ costs: Costs
  ) -> RoundRecord {
    var row = row(round, masks, costs)
    let evaluations = training.evaluations
    if let last = evaluations.last {
      (row.trainLoss, row.validationLoss) = (last.trainLoss, last.validationLoss)
      (row.validationAccuracy, row.testLoss) = (last.validationAccuracy, last.testLoss)
      row.testAccuracy = last.testAccuracy
    }
    // The first of the lowest validation losses; a network without validation data has none.
    if let best = evaluations.filter({ $0.validationLoss.isFinite }).min(by: {
      $0.validationLoss < $1.validationLoss
    }) {
      row.earlyStopStep = best.step
      row.earlyStopTestAccuracy = best.testAccuracy
    }
    row.wallTime = training[numbers: "wall_time"]?.first ?? .nan
    var weights = training[parameters: "parameters"] ?? ParameterSet()
    for (name, buffer) in training[parameters: "buffers"] ?? ParameterSet() { weights[name] = buffer }
    return RoundRecord(
      row: row, weights: weights, masks: masks?[masks: "masks"] ?? MaskSet(), series: training.series,
      evaluations: evaluations, layers: costs.layers(masks?[masks: "masks"]))
  }

  private func row(_ round: Round, _ masks: StageRecord?, _ costs: Costs) -> IndexRow {
    var row = plan.row(round, sweptSettings: sweptSettings)
    row.requestedSparsity = masks?[numbers: "requested_sparsity"]?.first ?? row.requestedSparsity
    let kept = masks?[masks: "masks"]
    row.sparsity = kept?.sparsity ?? 0
    row.density = kept?.density ?? 1
    let layers = costs.layers(kept)
    row.parameters = layers.reduce(0) { $0 + $1.parameters }
    row.parametersNonzero = layers.reduce(0) { $0 + $1.nonzero }
    row.flops = costs.network.flops
    row.flopsNonzero = costs.network.flops - layers.reduce(0) { $0 + $1.flops - $1.flopsNonzero }
    row.trainingFlops = costs.trainingFlops(upTo: round[.training])
    return row
  }
}

extension TrialPlan {
  /// The row of a round with its conditions alone: what stands in the summary for a trial without results.
  func row(_ round: Round, sweptSettings: [String]) -> IndexRow {
    var row = IndexRow(trial: name, seed: trial.seed, round: round.index)
    row.model = trial.model.name
    row.dataset = trial.dataset.name
    row.criterion = trial.criterion.name
    row.granularity = trial.granularity.name
    row.allocation = trial.allocation.name
    row.schedule = trial.schedule.name
    row.retraining = trial.retraining.name
    row.rewindStep = rewindStep
    row.control = trial.control.name
    row.targetSparsity = targetSparsity
    row.requestedSparsity = round.requestedSparsity
    row.settings = values(of: sweptSettings)
    return row
  }
}

/// What a trial's networks cost.
private struct Costs {
  let plan: TrialPlan
  let network: NetworkCosts

  func layers(_ masks: MaskSet?) -> [LayerRecord] {
    let sparse = plan.regimen.execution.sparseNames(plan.regimen.model, masks)
    return plan.regimen.model.declarations.map { declaration in
      let count = declaration.shape.count
      let kept = masks?[declaration.name]?.keptCount ?? count
      let flops = network.flopsByParameter[declaration.name] ?? 0
      let nonzero = Int((Double(flops) * Double(kept) / Double(max(1, count))).rounded())
      return LayerRecord(
        name: declaration.name, parameters: count, nonzero: kept, isPrunable: declaration.isPrunable,
        isSparse: sparse.contains(declaration.name), flops: flops, flopsNonzero: nonzero)
    }
  }

  /// Operations of all trainings on which a stage depends, its own among them, each once.
  func trainingFlops(upTo key: StageKey?) -> Int {
    let stages = Dictionary(uniqueKeysWithValues: plan.stages.map { ($0.key, $0) })
    var seen: Set<StageKey> = []
    var open = key.map { [$0] } ?? []
    var steps = 0
    while let key = open.popLast() {
      guard seen.insert(key).inserted, let stage = stages[key] else { continue }
      steps += stage.steps
      open += stage.parents
    }
    return steps * network.flopsPerStep
  }
}

extension StageRecord {
  /// How the stage ends a trial: `collapsed` for masks that leave a layer without weights, `diverged` for a training whose
  /// loss was not finite; `nil` where the trial goes on.
  var ending: TrialStatus? {
    if metadata == "{}" { return nil }
    if metadata.contains("\"collapsed\"") { return .collapsed }
    if metadata.contains("\"divergence\"") { return .diverged }
    return nil
  }
}
