import CoppiceDatasets
import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import CoppiceTerms

/// Measures the loss of a network with one layer at a time pruned by magnitude, level after level. Prunings and analyses that ask for
/// it share it.
package struct SensitivityStage: Stage {
  package let regimen: Regimen
  /// The stage whose network is looked at.
  package let network: StageKey
  /// The stage with the masks so far; `nil` where nothing is pruned yet.
  package let masks: StageKey?
  /// What goes as one.
  package let granularity: Granularity
  /// What the granularity makes units from.
  package let structure: NetworkStructure
  /// Layers that are left alone.
  package let ignoring: [String]
  package let scoring: ScoringData
  /// Whether families of coupled units are pruned one at a time, in place of layers.
  let isOfFamilies: Bool
  package let key: StageKey

  /// What goes first in the layer that is pruned.
  static let criterion = Criterion.magnitude

  /// - Parameter granularity: what goes as one; single weights in place of a pattern, which has one level.
  package init(
    _ regimen: Regimen, of network: StageKey, masks: StageKey?, granularity: Granularity,
    structure: NetworkStructure, ignoring: [String], scoring: ScoringData,
    isOfFamilies: Bool = false
  ) {
    self.isOfFamilies = isOfFamilies
    self.regimen = regimen
    self.network = network
    self.masks = masks
    self.granularity = granularity.pattern == nil ? granularity : .weight
    self.structure = structure
    self.ignoring = ignoring
    self.scoring = scoring
    key = StageKey(
      Specification(
        "sensitivity", version: 1,
        [
          ("network", network.value), ("granularity", .component(self.granularity.specification)),
          ("criterion", .component(Self.criterion.specification)),
          ("levels", .list(LayerSensitivity.levels.map(Specification.Value.number))),
          ("batch", .integer(scoring.batch)), ("batches", .integer(scoring.count)),
          ("seed", .integer(regimen.seed)),
        ]
      ).adding([
        ("masks", masks?.value ?? .none, neutral: .none),
        ("ignoring", .list(ignoring.map(Specification.Value.text)), neutral: .list([])),
        ("families", .flag(isOfFamilies), neutral: .flag(false)),
      ]))
  }

  package var parents: [StageKey] { [network] + (masks.map { [$0] } ?? []) }

  package func run(_ context: StageContext) throws -> StageRecord {
    let record = try context.outputs(of: network)
    guard let parameters = record[parameters: "parameters"] else {
      throw StageError.missingOutput("parameters", stage: network.short)
    }
    let found = try scoring.sensitivity(
      regimen, parameters, record[parameters: "buffers"] ?? ParameterSet(),
      masks: try masks.map { try context.masks(of: $0) }, granularity: granularity, structure: structure,
      ignoring: ignoring, isOfFamilies: isOfFamilies, threads: context.threads,
      check: { try context.interruption.check() })
    return StageRecord(
      key: key.hexadecimal,
      numbers: [("levels", found.levels)] + found.layers.map { ("losses of \($0.name)", $0.losses) })
  }
}

extension StageRecord {
  /// What a `SensitivityStage` found of families of coupled units, in their order; `nil` where it looked at layers.
  package var familySensitivity: LayerSensitivity? {
    guard let levels = self[numbers: "levels"] else { return nil }
    var layers: [LayerSensitivity.Layer] = []
    while let losses = self[numbers: "losses of \(LayerSensitivity.family(layers.count))"] {
      layers.append(.init(LayerSensitivity.family(layers.count), losses: losses))
    }
    return layers.isEmpty ? nil : LayerSensitivity(levels: levels, layers: layers)
  }

  /// What a `SensitivityStage` found, of these layers in their order.
  package func sensitivity(of layers: [String]) -> LayerSensitivity? {
    guard let levels = self[numbers: "levels"] else { return nil }
    return LayerSensitivity(
      levels: levels,
      layers: layers.compactMap { name in
        self[numbers: "losses of \(name)"].map { .init(name, losses: $0) }
      })
  }
}

extension ScoringData {
  /// The mean loss on these data, in evaluation mode, with one layer at a time pruned by magnitude to every level. Layers whose units
  /// have parts in each other are pruned together. A layer that is sparser already stays as it is.
  ///
  /// - Parameters:
  ///   - masks: which weights survive; `nil` for all.
  ///   - isOfFamilies: whether it is families of coupled units that are pruned one at a time.
  ///   - check: asked before every loss; what it throws ends the measurement.
  package func sensitivity(
    _ regimen: Regimen, _ parameters: ParameterSet, _ buffers: ParameterSet, masks: MaskSet?,
    granularity: Granularity, structure: NetworkStructure, ignoring: [String], isOfFamilies: Bool = false,
    threads: Int,
    check: () throws -> Void = {}
  ) throws -> LayerSensitivity {
    var before = regimen.model.fullMasks
    if let masks { before.merge(masks) }
    let all = Pruner(
      criterion: SensitivityStage.criterion, granularity: granularity,
      allocation: .layerWise(ignoring: ignoring))
    let layers = try all.prunable(among: before, structure: structure).layers
    let pools = try all.pools(among: before.layers, structure: structure) { parameters[$0]?.shape }
    let batch = min(batch, regimen.data.stepsPerEpoch(batchSize: 1))
    var batches = try Batches(
      regimen.data.split.training, of: regimen.data.dataset, batchSize: batch, seed: regimen.seedBits,
      stream: .score)
    let evaluator = try Evaluator(
      regimen.model, loss: regimen.loss, batch: batch, execution: regimen.execution, threads: threads)
    func loss(_ masks: MaskSet) throws -> Double {
      try check()
      evaluator.load(masks.applied(to: parameters), buffers)
      let tally = try evaluator.evaluate(batches: count) { batches.fill($0, $1, $2) }
      return tally.lossSum / Double(max(1, tally.count))
    }
    let whole = try loss(before)
    let context = ScoringContext(
      weights: before.applied(to: parameters), masks: before, seed: regimen.seedBits)
    if isOfFamilies {
      let families = try UnitFamilies(all, context, structure: structure)
      return LayerSensitivity(
        layers: try families.sizes.enumerated().map { family, size in
          let losses = try LayerSensitivity.levels.map { level in
            let left = size - Int((level * Double(size)).rounded(.toNearestOrAwayFromZero))
            let isWhole = left >= families.survivors(of: family)
            return isWhole ? whole : try loss(families.masks(family, keeping: left))
          }
          return LayerSensitivity.Layer(LayerSensitivity.family(family), losses: losses)
        })
    }
    var losses = layers.map { _ in [Double]() }
    for pool in pools {
      for level in LayerSensitivity.levels {
        let counts = layers.enumerated().map { place, layer in
          guard pool.layers.contains(place) else { return layer.survivors }
          let removed = Int((level * Double(layer.count)).rounded(.toNearestOrAwayFromZero))
          return min(layer.survivors, layer.count - removed)
        }
        var found = whole
        if counts != layers.map(\.survivors) {
          let alone = Allocation("alone", ignoring: ignoring) { _, _ in .layers(counts) }
          let pruning = try Pruner(criterion: .magnitude, granularity: granularity, allocation: alone).prune(
            context, structure: structure, to: .sparsity(0))
          found = try loss(pruning.masks)
        }
        for place in pool.layers { losses[place].append(found) }
      }
    }
    return LayerSensitivity(
      layers: zip(layers, losses).map { LayerSensitivity.Layer($0.name, losses: $1) })
  }
}
