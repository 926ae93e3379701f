import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors

extension Stage {
  /// Why a record that was read cannot be what this stage gives, or has left on its way; `nil` where it can. The store has tested
  /// what holds for every stage; this tests what its own network asks for.
  package func fault(in record: StageRecord) -> String? { nil }
}

extension TrainingStage {
  package func fault(in record: StageRecord) -> String? {
    regimen.fault(in: record, needing: ["parameters"] + (keepsMoments ? ["moments"] : []))
      ?? quantisation.flatMap { regimen.model.fault(inCodesOf: record, $0) }
  }

  /// Why a record cannot be a checkpoint of this training.
  package func fault(inCheckpoint record: StageRecord) -> String? {
    let needed = ["parameters", "buffers", "moments"] + (moves == nil ? [] : ["masks"])
    guard let network = try? network() else { return "its learned mask does not fit its network" }
    if let fault = regimen.fault(in: record, needing: needed, of: network) { return fault }
    guard moves != nil || record.masks.allSatisfy({ DrawnMasks.isDrawn($0.name) }) else {
      return "it has masks, and none move"
    }
    // How far it is: beyond its end there is nothing to go on to, and what is logged is logged before.
    guard let step = record[numbers: "step"]?.first, (0...Double(steps)).contains(step) else {
      return "it stands at step \(record[numbers: "step"] ?? []) of \(steps)"
    }
    if let fault = DrawnMasks.fault(in: record, step: Int(step), drawing) { return fault }
    let logged = record.series.steps + record.evaluations.map(\.step)
    if let late = logged.first(where: { Double($0) > step }) {
      return "it stands at step \(Int(step)) and tells of step \(late)"
    }
    guard let losses = record.series["loss"], let rates = record.series["learning_rate"] else {
      return "it has no series of losses and learning rates"
    }
    guard losses.count == rates.count, record[numbers: "window"] != nil else {
      return "its series have no end"
    }
    let isExploring = moves?.dynamics.regrows == true && step > 0
    guard record.masks.contains(where: { $0.name == "explored" }) == isExploring else {
      return "explored weights are kept where masks may grow, and nowhere else"
    }
    if losses.isEmpty { return nil }
    guard (record.series["sparsity"] != nil) == (moves != nil) else {
      return "sparsities are logged where masks move, and nowhere else"
    }
    return (record.series["exploration"] != nil) == isExploring
      ? nil : "explorations are logged where masks may grow, and nowhere else"
  }
}

extension CalibrationStage {
  package func fault(in record: StageRecord) -> String? {
    guard let ranges = record[parameters: "ranges"] else { return "it has no ranges" }
    let known = Set(regimen.model.declarations.map(\.name))
    return ranges.names.first { !known.contains($0) }.map { "\(regimen.model.model.name) has no \($0)" }
      ?? ranges.rangeFault
  }
}

extension Network {
  /// Why a record does not tell what the codes of this network stand for.
  fileprivate func fault(inCodesOf record: StageRecord, _ quantisation: StageQuantisation) -> String? {
    guard let scales = record[parameters: "scales"] else { return "it has no scales" }
    let layers = ((try? multipliedLayers()) ?? []).map(\.weight)
    guard scales.names == layers else { return "it has scales of \(scales.names.prefix(8))" }
    for (name, scale) in scales {
      let rows = declarations.first { $0.name == name }?.shape.axes.first
      guard scale.shape.axes == rows.map({ [$0] }), scale.scalars.allSatisfy({ $0 > 0 || $0.isNaN }) else {
        return "the scales of \(name) are shaped \(scale.shape)"
      }
    }
    guard record[numbers: "quantisation"]?.first == Double(quantisation.bits) else {
      return "its codes are not those of \(quantisation.bits) bits"
    }
    guard quantisation.ranges != nil else { return nil }
    guard let ranges = record[parameters: "ranges"], ranges.names == layers else {
      return "it has not the ranges of every layer"
    }
    return ranges.rangeFault
  }
}

extension ParameterSet {
  /// Why these are no ranges of inputs; those of a network that has diverged are no numbers.
  fileprivate var rangeFault: String? {
    lazy.compactMap { name, range in
      range.shape == [2] && range.scalars.allSatisfy { $0 >= 0 || $0.isNaN }
        ? nil : "the range of \(name) is \(range.scalars.prefix(6))"
    }.first
  }
}

extension PruningStage {
  package func fault(in record: StageRecord) -> String? { regimen.fault(in: record, needing: ["masks"]) }
}

extension RepairStage {
  package func fault(in record: StageRecord) -> String? {
    regimen.fault(in: record, needing: ["parameters", "buffers"])
  }
}

extension RandomMaskStage {
  package func fault(in record: StageRecord) -> String? { regimen.fault(in: record, needing: ["masks"]) }
}

extension EvidenceStage {
  package func fault(in record: StageRecord) -> String? {
    guard let evidence = record[parameters: "evidence"] else { return "it has no evidence" }
    let known = Set(regimen.model.declarations.map(\.name))
    return evidence.names.first { !known.contains($0) }.map { "\(regimen.model.model.name) has no \($0)" }
  }
}

extension ScoreStage {
  package func fault(in record: StageRecord) -> String? {
    guard let scores = record[parameters: "scores"] else { return "it has no scores" }
    for (name, mask) in regimen.model.fullMasks {
      guard let score = scores[name] else { return "it has no scores of \(name)" }
      guard score.shape == mask.shape else {
        return "its scores of \(name) are shaped \(score.shape), \(name) itself \(mask.shape)"
      }
      // Of a weight that is pruned nothing is said.
      if masks == nil, let index = score.scalars.firstIndex(where: { !$0.isFinite }) {
        return "element \(index) of \(name) has the score \(score.scalars[index])"
      }
    }
    return nil
  }
}

extension SensitivityStage {
  package func fault(in record: StageRecord) -> String? {
    guard record[numbers: "levels"] == LayerSensitivity.levels else {
      return "its levels are not those at which losses are measured"
    }
    guard !isOfFamilies else {
      let found = record.familySensitivity?.layers ?? []
      return found.isEmpty || found.contains { $0.losses.count != LayerSensitivity.levels.count }
        ? "it has not the losses of every family of units" : nil
    }
    // Where nothing can be pruned, the stage gives nothing.
    for layer in (try? layers(among: regimen.model.fullMasks)) ?? [] {
      guard let losses = record[numbers: "losses of \(layer.name)"] else {
        return "it has no losses of \(layer.name)"
      }
      if losses.count != LayerSensitivity.levels.count {
        return "it has \(losses.count) losses of \(layer.name) at \(LayerSensitivity.levels.count) levels"
      }
    }
    return nil
  }

  private func layers(among masks: MaskSet) throws -> [PrunableLayer] {
    try Pruner(
      criterion: .magnitude, granularity: granularity, allocation: .layerWise(ignoring: ignoring)
    ).prunable(among: masks, structure: structure).layers
  }
}

extension Regimen {
  /// Why a record does not hold masks of this network.
  func maskFault(in record: StageRecord) -> String? { fault(in: record, needing: ["masks"]) }

  /// Why a record does not hold the network of this regimen: weights, running statistics, moments and masks, as far as it has
  /// them. What is needed must be there.
  ///
  /// - Parameter network: the network whose weights and moments it holds; `nil` for the regimen's own.
  fileprivate func fault(
    in record: StageRecord, needing names: [String], of network: Network? = nil
  ) -> String? {
    let network = network ?? model
    let found = record.parameters.map(\.name) + record.masks.map(\.name)
    if let missing = names.first(where: { !found.contains($0) }) { return "it has no \(missing)" }
    for (name, values) in record.parameters {
      let fault: String? =
        switch name {
        case "parameters": network.fault(inParameters: values)
        case "buffers": network.fault(inBuffers: values)
        case "moments": network.fault(inMoments: values, of: optimizer)
        // What is not the network's is tested by whom it is read.
        default: nil
        }
      if let fault { return fault }
    }
    // Layers are those of the parameters, where they are told at all.
    for (layer, declaration) in zip(record.layers, model.declarations)
    where layer.name != declaration.name || layer.parameters != declaration.shape.count {
      return "\(layer.name) of \(layer.parameters) parameters stands for \(declaration.name)"
    }
    guard record.layers.isEmpty || record.layers.count == model.declarations.count else {
      return "it has \(record.layers.count) layers"
    }
    return record.masks.lazy.compactMap { [model] in model.fault(inMasks: $0.values) }.first
  }
}
