import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import CoppiceTerms

extension Analysis {
  /// How far the sparse topologies of two trials lie apart, 0 for equal ones and 1 for those without a connection in common, whatever
  /// the order of their hidden units (NNSTD).
  ///
  /// The distance of two units is the number of connections to add and to remove, as a share of those that either has:
  ///
  ///     d(a, b) = |a △ b| / |a ∪ b|,   0 where neither has any
  ///
  /// Layer by layer from the input, every unit is given another's place so that the distances are least in all. The units of the next
  /// layer are then compared by what they read of the matched ones. The distance of a layer is the mean over its units, that of the
  /// network the mean over its layers. By chance: the same of random masks with as many survivors in every layer.
  ///
  /// S. Liu, T. van der Lee, A. Yaman, Z. Atashgahi, D. Ferraro, G. Sokar, M. Pechenizkiy, D. C. Mocanu, "Topological insights into
  /// sparse neural networks", ECML PKDD 2020. The units that answer are matched too, as there.
  public static let topologyDistance = Analysis("topology-distance", version: 1) { context in
    var rows: [Row] = []
    var chains: [Specification: UnitChain] = [:]
    var obstacle: String?
    let results = context.rounds.filter { $0.isResult && $0.masks != nil }
    for (place, one) in results.enumerated() {
      guard let plan = one.plan else { continue }
      let network = plan.regimen.model
      let others = results[(place + 1)...].filter { $0.isComparable(with: one) }
      if others.isEmpty { continue }
      do {
        let chain = try chains[network.origin] ?? UnitChain(network, NetworkStructure(network))
        chains[network.origin] = chain
        guard let masks = try context.masks(of: one)?.counted, masks.sparsity > 0 else { continue }
        for other in others where other.masks != one.masks {
          guard let theirs = try context.masks(of: other)?.counted,
            let distances = TopologyDistance.distances(masks, theirs, along: chain)
          else { continue }
          let chances = TopologyDistance.distances(masks.redrawn(1), theirs.redrawn(2), along: chain)
          rows += Row.rows(one, other, chain, distances, chances ?? [])
        }
      } catch let found as UnitChain.Obstacle {
        obstacle = found.reason
      }
    }
    if rows.isEmpty, let obstacle { throw AnalysesError.unfit("topology-distance", obstacle) }
    return [Row.table(rows)]
  }
}

extension Shipped<Analysis> {
  static let topologyDistance = Shipped(
    .topologyDistance, "how far two sparse topologies lie apart, whatever the order of hidden units",
    paper: "Liu et al. 2020")
}

/// The distance of sparse topologies.
package enum TopologyDistance {
  /// The distance of each layer of the chain that both masks have; `nil` where they are not of its shapes.
  package static func distances(_ one: MaskSet, _ other: MaskSet, along chain: UnitChain) -> [Double]? {
    var units: [Int]?
    var distances: [Double] = []
    for layer in chain.layers {
      let mine = one[layer.name] ?? Mask(keepingAll: layer.shape)
      let theirs = other[layer.name] ?? Mask(keepingAll: layer.shape)
      guard mine.shape == layer.shape, theirs.shape == layer.shape else { return nil }
      let moved = UnitChain.reordered(theirs.bytes, layer, rows: Array(0..<layer.units), units: units)
      let costs = edits(mine.bytes, moved, rows: layer.units)
      let assignment = Assignment(costs, rows: layer.units)
      units = assignment.columns
      distances.append(assignment.cost / Double(max(1, layer.units)))
    }
    return distances
  }

  /// The distance of every row of one mask to every row of another.
  package static func edits(_ one: [UInt8], _ other: [UInt8], rows: Int) -> [Double] {
    let width = one.count / max(1, rows)
    let words = (width + 63) / 64
    func packed(_ bytes: [UInt8]) -> [UInt64] {
      var result = [UInt64](repeating: 0, count: rows * words)
      for row in 0..<rows {
        for place in 0..<width where bytes[row * width + place] != 0 {
          result[row * words + place / 64] |= 1 << UInt64(place % 64)
        }
      }
      return result
    }
    let (mine, theirs) = (packed(one), packed(other))
    var costs = [Double](repeating: 0, count: rows * rows)
    for i in 0..<rows {
      for j in 0..<rows {
        var (edits, either) = (0, 0)
        for word in 0..<words {
          let (a, b) = (mine[i * words + word], theirs[j * words + word])
          edits += (a ^ b).nonzeroBitCount
          either += (a | b).nonzeroBitCount
        }
        costs[i * rows + j] = either == 0 ? 0 : Double(edits) / Double(either)
      }
    }
    return costs
  }
}

extension AnalysisRound {
  /// Whether two rounds are of one model and sparsity, and of one method or one seed.
  fileprivate func isComparable(with other: AnalysisRound) -> Bool {
    trial != other.trial && row.model == other.row.model && row.dataset == other.row.dataset
      && (row.isAskedLike(other.row) || (row.asked.isNaN && other.row.asked.isNaN && index == other.index))
      && (seed == other.seed || row.method == other.row.method)
  }
}

extension MaskSet {
  /// Random masks with as many survivors in every layer, a function of the masks' sizes and the number of the draw.
  fileprivate func redrawn(_ draw: UInt64) -> MaskSet {
    var random = RandomStream(seed: draw, stream: .mask)
    return MaskSet(
      map { name, mask in
        var bytes = [UInt8](repeating: 0, count: mask.count)
        for place in random.permutation(mask.count).prefix(mask.keptCount) { bytes[Int(place)] = 1 }
        return (name, Mask(mask.shape, bytes))
      })
  }
}

/// A layer of two topologies.
private struct Row {
  let one: AnalysisRound
  let other: AnalysisRound
  let layer: String
  let distance: Double
  let chance: Double

  static func rows(
    _ one: AnalysisRound, _ other: AnalysisRound, _ chain: UnitChain, _ distances: [Double],
    _ chances: [Double]
  ) -> [Row] {
    let layers = chain.layers.indices.map { place in
      Row(
        one: one, other: other, layer: chain.layers[place].name, distance: distances[place],
        chance: place < chances.count ? chances[place] : .nan)
    }
    let count = Double(max(1, layers.count))
    return layers + [
      Row(
        one: one, other: other, layer: "all", distance: layers.reduce(0) { $0 + $1.distance } / count,
        chance: layers.reduce(0) { $0 + $1.chance } / count)
    ]
  }

  var compared: String {
    one.row.method == other.row.method
      ? "\(one.row.method), other seeds"
      : [one.row.method, other.row.method].sorted().joined(separator: " with ") + ", same seed"
  }

  static func table(_ rows: [Row]) -> NamedTable {
    NamedTable(
      "topology_distance", title: "distance of two sparse topologies",
      description:
        "Connections to add and to remove, as a share of those that either unit has, hidden units matched best (NNSTD); by chance: "
        + "that of random masks with as many survivors in every layer.",
      columns: [
        .init("trial_a", "trial", texts: rows.map(\.one.trial)),
        .init("trial_b", "other trial", texts: rows.map(\.other.trial)),
        .init("compared", texts: rows.map(\.compared)), .init("round", integers: rows.map(\.one.index)),
        .init(
          Quantity("density", "weights remaining", unit: .fraction),
          numbers: rows.map(\.one.row.askedDensity)),
        .init("layer", texts: rows.map(\.layer)),
        .init(Quantity("distance", "topology distance", bounds: 0...1), numbers: rows.map(\.distance)),
        .init(Quantity("chance", "distance by chance", bounds: 0...1), numbers: rows.map(\.chance)),
      ],
      drawing: .init(
        "distance", against: "density", inPanelsOf: "layer", by: ["compared"], reference: "chance"))
  }
}
