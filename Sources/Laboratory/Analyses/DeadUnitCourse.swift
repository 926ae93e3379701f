import CoppiceNetworks
import CoppiceStore
import CoppiceTensors
import CoppiceTerms

extension Analysis {
  /// What of each layer is dead under the masks of a round: units of which no weight survives, units that are part of no path from the
  /// input to the output, and weights that survive and are part of none. The effective sparsity of a layer counts these as removed.
  ///
  /// A. Vysogorets, J. Kempe, "Connectivity matters: neural network pruning through the lens of effective sparsity", JMLR 24, 2023.
  public static let deadUnits = Analysis("dead-units", version: 1) { context in
    var rows: [LayerPaths] = []
    var networks: [Specification: NetworkPaths] = [:]
    var known: [StageKey: [LayerPaths.Layer]] = [:]
    for round in context.rounds {
      guard let plan = round.plan else { continue }
      let network = plan.regimen.model
      let paths = try networks[network.origin] ?? NetworkPaths(network)
      networks[network.origin] = paths
      let layers: [LayerPaths.Layer]
      if let key = round.masks {
        layers = try known[key] ?? LayerPaths.layers(context.masks(of: round)?.counted ?? MaskSet(), paths)
        known[key] = layers
      } else {
        layers = LayerPaths.layers(network.fullMasks, paths)
      }
      rows += layers.map { LayerPaths(round: round, layer: $0) }
    }
    return [LayerPaths.units(rows), LayerPaths.sparsities(rows)]
  }
}

extension Shipped<Analysis> {
  static let deadUnits = Shipped(
    .deadUnits, "units and weights of each layer that are part of no path, round by round",
    paper: "Vysogorets & Kempe 2023")
}

/// What masks leave of one layer of a round.
package struct LayerPaths: Sendable {
  /// A prunable weight.
  package struct Layer: Hashable, Sendable {
    package let name: String
    package let weights: Int
    package let kept: Int
    /// Weights that survive and are part of a path.
    package let effective: Int
    /// Rows of the weight.
    package let units: Int
    /// Of these, those of which no weight survives.
    package let silent: Int
    /// And those of which none is part of a path.
    package let dead: Int
  }

  let round: AnalysisRound
  let layer: Layer

  /// The layers of some masks.
  package static func layers(_ masks: MaskSet, _ network: NetworkPaths) -> [Layer] {
    let paths = network.paths(under: masks)
    return masks.counted.compactMap { name, mask in
      guard mask.count > 0, let units = mask.shape.axes.first, units > 0 else { return nil }
      let onPath = paths.weights[name] ?? mask
      let row = mask.count / units
      func empty(_ mask: Mask) -> Int {
        (0..<units).count { unit in mask.bytes[unit * row..<(unit + 1) * row].allSatisfy { $0 == 0 } }
      }
      return Layer(
        name: name, weights: mask.count, kept: mask.keptCount, effective: onPath.keptCount, units: units,
        silent: empty(mask), dead: empty(onPath))
    }
  }

  /// The columns that say which layer of which round it is.
  private static func places(_ rows: [LayerPaths]) -> [NamedTable.Column] {
    [
      .init("trial", texts: rows.map(\.round.trial)), .init("method", texts: rows.map(\.round.row.method)),
      .init("seed", integers: rows.map(\.round.seed)), .init("round", integers: rows.map(\.round.index)),
      .init(
        Quantity("density", "weights remaining", unit: .fraction),
        numbers: rows.map { $0.round.masks == nil ? 1 : $0.round.row.askedDensity }),
      .init("layer", texts: rows.map(\.layer.name)),
    ]
  }

  static func units(_ rows: [LayerPaths]) -> NamedTable {
    NamedTable(
      "dead_units", title: "dead units of each layer",
      description:
        "Units, rows of a layer's weight, of which no weight is part of a path from the input to the output; silent are those of which "
        + "none survives.",
      columns: places(rows) + [
        .init("units", integers: rows.map(\.layer.units)),
        .init("silent", "silent units", integers: rows.map(\.layer.silent)),
        .init("dead", "dead units", integers: rows.map(\.layer.dead)),
        .init(
          Quantity("dead_share", "dead units", unit: .fraction),
          numbers: rows.map { Double($0.layer.dead) / Double($0.layer.units) }),
      ],
      drawing: .init("dead_share", against: "density", inPanelsOf: "layer", by: ["method"]))
  }

  static func sparsities(_ rows: [LayerPaths]) -> NamedTable {
    func share(_ count: Int, _ row: LayerPaths) -> Double { 1 - Double(count) / Double(row.layer.weights) }
    return NamedTable(
      "effective_sparsity", title: "effective sparsity of each layer",
      description:
        "The share of a layer's weights that are removed or part of no path; dashed: the share that is removed.",
      columns: places(rows) + [
        .init("weights", integers: rows.map(\.layer.weights)),
        .init("kept", "surviving weights", integers: rows.map(\.layer.kept)),
        .init("effective", "weights on a path", integers: rows.map(\.layer.effective)),
        .init(
          Quantity("effective_sparsity", unit: .fraction), numbers: rows.map { share($0.layer.effective, $0) }
        ),
        .init(
          Quantity("sparsity", "sparsity", unit: .fraction), numbers: rows.map { share($0.layer.kept, $0) }),
      ],
      drawing: .init(
        "effective_sparsity", against: "density", inPanelsOf: "layer", by: ["method"], reference: "sparsity"))
  }
}
