import CoppiceStore
import CoppiceTensors
import CoppiceTerms

extension Analysis {
  /// How many seeds keep a weight: of n masks of one method at one sparsity, the share of weights that exactly k of them keep, layer by
  /// layer, beside what chance gives. Masks that have nothing to do with each other keep a weight of a layer with the probabilities
  /// p₁ … pₙ, their densities in it, so k has the Poisson binomial distribution of these. For the whole network it is the mean over the
  /// layers, by their weights.
  ///
  /// The first table has the core: the weights that all seeds keep, as a share of those that one keeps on average.
  public static let consensusMasks = Analysis("consensus-masks", version: 1) { context in
    var cores: [Core] = []
    var counts: [Count] = []
    for group in context.replicates({ $0.isResult && $0.masks != nil }) {
      let masks = try group.rounds.compactMap { try context.masks(of: $0) }
      guard let consensus = MaskConsensus(masks), masks.contains(where: { $0.sparsity > 0 }) else { continue }
      cores.append(Core(group: group, consensus: consensus))
      counts += consensus.layers.flatMap { layer in
        layer.shares.indices.map { Count(group: group, seeds: masks.count, layer: layer, kept: $0) }
      }
    }
    return [Core.table(cores), Count.table(counts)]
  }
}

extension Shipped<Analysis> {
  static let consensusMasks = Shipped(
    .consensusMasks, "how many seeds keep a weight, beside what chance gives, layer by layer")
}

/// What several masks of one network agree on.
package struct MaskConsensus: Sendable {
  /// One layer, or all of them together.
  package struct Layer: Sendable {
    /// The weight's name; `all` for all layers.
    package let name: String
    /// How many weights it has.
    package let weights: Int
    /// The share of weights that exactly k masks keep, k = 0…n.
    package let shares: [Double]
    /// The share by chance.
    package let chances: [Double]
    /// How many weights a mask keeps on average.
    package let kept: Double

    /// The weights that all masks keep, as a share of what one keeps on average.
    package var core: Double { kept > 0 ? (shares.last ?? 0) * Double(weights) / kept : .nan }
    package var coreByChance: Double { kept > 0 ? (chances.last ?? 0) * Double(weights) / kept : .nan }
  }

  /// All layers together, then each.
  package let layers: [Layer]

  /// `nil` of fewer than two masks, and where they are not of the same weights.
  package init?(_ masks: [MaskSet]) {
    guard masks.count > 1, let first = masks.first?.counted, !first.isEmpty else { return nil }
    let sets = masks.map(\.counted)
    guard sets.allSatisfy({ $0.names == first.names }) else { return nil }
    var layers: [Layer] = []
    for (name, mask) in first {
      let own = sets.compactMap { $0[name] }
      guard own.allSatisfy({ $0.shape == mask.shape }) else { return nil }
      var counts = [Int](repeating: 0, count: masks.count + 1)
      var kept = [Int](repeating: 0, count: mask.count)
      for other in own { for place in kept.indices { kept[place] += Int(other.bytes[place]) } }
      for count in kept { counts[count] += 1 }
      let size = Double(max(1, mask.count))
      layers.append(
        Layer(
          name: name, weights: mask.count, shares: counts.map { Double($0) / size },
          chances: Self.poissonBinomial(own.map(\.density)),
          kept: Double(own.reduce(0) { $0 + $1.keptCount }) / Double(masks.count)))
    }
    let total = layers.reduce(0) { $0 + $1.weights }
    guard total > 0 else { return nil }
    func mean(_ path: KeyPath<Layer, [Double]>) -> [Double] {
      (0...masks.count).map { count in
        layers.reduce(0) { $0 + $1[keyPath: path][count] * Double($1.weights) } / Double(total)
      }
    }
    let all = Layer(
      name: "all", weights: total, shares: mean(\.shares), chances: mean(\.chances),
      kept: layers.reduce(0) { $0 + $1.kept })
    self.layers = [all] + layers
  }

  /// The distribution of how many of some independent events happen: P(k) for k = 0…n, by adding one event after the other.
  package static func poissonBinomial(_ probabilities: [Double]) -> [Double] {
    var distribution = [1.0]
    for p in probabilities {
      var next = [Double](repeating: 0, count: distribution.count + 1)
      for (k, mass) in distribution.enumerated() {
        next[k] += mass * (1 - p)
        next[k + 1] += mass * p
      }
      distribution = next
    }
    return distribution
  }
}

/// What all seeds of a method keep at one sparsity.
private struct Core {
  let group: Replicates
  let consensus: MaskConsensus

  static func table(_ rows: [Core]) -> NamedTable {
    NamedTable(
      "consensus_masks", title: "weights that all seeds keep",
      description:
        "The weights that the masks of all seeds keep, as a share of what one mask keeps, and the share by chance: that of "
        + "independent masks with as many survivors in every layer.",
      columns: [
        .init("method", texts: rows.map(\.group.method)), .init("round", integers: rows.map(\.group.round)),
        .init(
          Quantity("density", "weights remaining", unit: .fraction), numbers: rows.map(\.group.density)),
        .init("seeds", integers: rows.map(\.group.rounds.count)),
        .init(
          Quantity("core", "kept by all seeds", unit: .fraction),
          numbers: rows.map { $0.consensus.layers[0].core }),
        .init(
          Quantity("chance", "kept by all by chance", unit: .fraction),
          numbers: rows.map { $0.consensus.layers[0].coreByChance }),
      ], drawing: .init("core", against: "density", by: ["method"], reference: "chance"))
  }
}

/// The share of a layer's weights that so many seeds keep.
private struct Count {
  let group: Replicates
  let seeds: Int
  let layer: MaskConsensus.Layer
  let kept: Int

  static func table(_ rows: [Count]) -> NamedTable {
    NamedTable(
      "consensus_counts", title: "how many seeds keep a weight",
      description:
        "The share of weights that exactly so many of the seeds keep, and the share by chance: the Poisson binomial distribution of "
        + "the densities of the masks in a layer.",
      columns: [
        .init("method", texts: rows.map(\.group.method)), .init("round", integers: rows.map(\.group.round)),
        .init(
          Quantity("density", "weights remaining", unit: .fraction), numbers: rows.map(\.group.density)),
        .init("seeds", integers: rows.map(\.seeds)), .init("layer", texts: rows.map(\.layer.name)),
        .init("weights", integers: rows.map(\.layer.weights)),
        .init("kept_by", "seeds that keep it", integers: rows.map(\.kept)),
        .init(
          Quantity("share", "share of the weights", unit: .fraction),
          numbers: rows.map { $0.layer.shares[$0.kept] }),
        .init(
          Quantity("chance", "share by chance", unit: .fraction),
          numbers: rows.map { $0.layer.chances[$0.kept] }),
      ], drawing: .init(matrixOf: "share", rows: "density", columns: "kept_by", by: ["method", "layer"]))
  }
}
