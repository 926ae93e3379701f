import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import CoppiceTerms

extension Analysis {
  /// Whether the masks of two seeds are one up to the order of hidden units: a ticket moved to another initialisation. The units of one
  /// network are put in the order in which they look most like those of the other, layer by layer from the input, and the masks are
  /// compared before and after.
  ///
  /// Two units look alike as far as the weights correlate by which they read the layer before, whose units are in their new order
  /// already. The order with the largest sum of correlations is found exactly (`Assignment`). It is found without the masks, so chance is
  /// what it is without any order: random masks with as many survivors in every layer.
  ///
  /// Networks are perceptrons and plain convolutional ones, whose layers follow each other (`UnitChain`). Weight matching: S. Ainsworth,
  /// J. Hayase, S. Srinivasa, "Git Re-Basin: merging models modulo permutation symmetries", ICLR 2023, section 3.2, one pass.
  public static let maskAlignment = maskAlignment()

  /// `maskAlignment` by other networks.
  /// - Parameter by: whose weights are compared: `dense` for the trained networks before any pruning, `initial` for those before
  ///   training.
  public static func maskAlignment(by basis: AlignmentBasis = .dense) -> Analysis {
    Analysis("mask-alignment", version: 1, fields: [("by", .text(basis.rawValue))]) { context in
      var aligner = Aligner(context: context, basis: basis)
      var rows: [Row] = []
      for group in context.replicates({ $0.isResult && $0.masks != nil }) {
        let masked = try group.rounds.compactMap { round in
          try context.masks(of: round).map { (round, $0.counted) }
        }
        for (place, one) in masked.enumerated() {
          for other in masked[(place + 1)...] where one.1.sparsity > 0 {
            rows += try aligner.rows(one, other, group)
          }
        }
      }
      if rows.isEmpty, let obstacle = aligner.obstacle {
        throw AnalysesError.unfit("mask-alignment", obstacle)
      }
      return [Row.table(rows)]
    }
  }
}

/// By whose weights hidden units are compared.
public enum AlignmentBasis: String, Hashable, Sendable, CaseIterable {
  /// The trained networks before any pruning.
  case dense
  /// The networks before training.
  case initial
}

extension Shipped<Analysis> {
  static let maskAlignment = Shipped(
    .maskAlignment, "whether the masks of two seeds agree when hidden units are put in another order",
    paper: "Ainsworth et al. 2023"
  ) { fields in
    let basis = try fields.take("by", "dense or initial", default: AlignmentBasis.dense) { value in
      if case .text(let text) = value { AlignmentBasis(rawValue: text) } else { nil }
    }
    return .maskAlignment(by: basis)
  }
}

/// The order of one network's hidden units in which they look most like another's.
package struct UnitAlignment: Sendable {
  /// One layer of hidden units.
  package struct Layer: Sendable {
    /// For each unit of the one network the unit of the other.
    package let units: [Int]
    /// The mean correlation of the pairs, and that of units in the order they had.
    package let correlation: Double
    package let correlationBefore: Double
  }

  package let chain: UnitChain
  /// All layers but the last, whose units are what the network answers.
  package let layers: [Layer]

  /// Aligns the units of `other` to those of `one`; `nil` where the weights are not those of the chain.
  package init?(_ one: ParameterSet, _ other: ParameterSet, along chain: UnitChain) {
    self.chain = chain
    var layers: [Layer] = []
    for (place, layer) in chain.layers.dropLast().enumerated() {
      guard let mine = one[layer.name], let theirs = other[layer.name], mine.shape == layer.shape,
        theirs.shape == layer.shape
      else { return nil }
      let moved = UnitChain.reordered(
        theirs.scalars, layer, rows: Array(0..<layer.units), units: place == 0 ? nil : layers[place - 1].units
      )
      let alike = Self.correlations(mine.scalars, moved, rows: layer.units)
      let assignment = Assignment(alike.map { -$0 }, rows: layer.units)
      let before = (0..<layer.units).reduce(0.0) { $0 + alike[$1 * layer.units + $1] }
      layers.append(
        Layer(
          units: assignment.columns, correlation: -assignment.cost / Double(layer.units),
          correlationBefore: before / Double(layer.units)))
    }
    self.layers = layers
  }

  /// The correlation of every row of one matrix with every row of another; 0 where a row is constant.
  package static func correlations(_ one: [Float], _ other: [Float], rows: Int) -> [Double] {
    let width = one.count / max(1, rows)
    func standardised(_ values: [Float]) -> [Double] {
      var result = [Double](repeating: 0, count: values.count)
      for row in 0..<rows {
        let range = row * width..<(row + 1) * width
        let mean = range.reduce(0.0) { $0 + Double(values[$1]) } / Double(width)
        let norm = range.reduce(0.0) { $0 + (Double(values[$1]) - mean) * (Double(values[$1]) - mean) }
          .squareRoot()
        if norm > 0 { for place in range { result[place] = (Double(values[place]) - mean) / norm } }
      }
      return result
    }
    let (mine, theirs) = (standardised(one), standardised(other))
    var result = [Double](repeating: 0, count: rows * rows)
    mine.withUnsafeBufferPointer { mine in
      theirs.withUnsafeBufferPointer { theirs in
        for i in 0..<rows {
          for j in 0..<rows {
            var sum = 0.0
            for k in 0..<width { sum += mine[i * width + k] * theirs[j * width + k] }
            result[i * rows + j] = sum
          }
        }
      }
    }
    return result
  }

  /// A mask of a layer of the other network, its units in the order of the one's.
  package func aligned(_ mask: Mask, ofLayer place: Int) -> Mask {
    let layer = chain.layers[place]
    let rows = place < layers.count ? layers[place].units : Array(0..<layer.units)
    return Mask(
      mask.shape,
      UnitChain.reordered(mask.bytes, layer, rows: rows, units: place == 0 ? nil : layers[place - 1].units))
  }
}

/// Aligns rounds, each pair of networks once.
private struct Aligner {
  let context: AnalysisContext
  let basis: AlignmentBasis
  /// Why a network was refused.
  var obstacle: String?
  private var chains: [Specification: UnitChain] = [:]
  private var known: [String: UnitAlignment] = [:]

  init(context: AnalysisContext, basis: AlignmentBasis) { (self.context, self.basis) = (context, basis) }

  mutating func rows(
    _ one: (AnalysisRound, MaskSet), _ other: (AnalysisRound, MaskSet), _ group: Replicates
  ) throws -> [Row] {
    guard let alignment = try alignment(one.0, other.0) else { return [] }
    var rows: [Row] = []
    var all: (before: MaskCount, after: MaskCount) = (MaskCount(), MaskCount())
    for (place, layer) in alignment.chain.layers.enumerated() {
      guard let mine = one.1[layer.name], let theirs = other.1[layer.name] else { continue }
      let before = MaskCount(mine, theirs)
      let after = MaskCount(mine, alignment.aligned(theirs, ofLayer: place))
      all = (all.before + before, all.after + after)
      let fit = place < alignment.layers.count ? alignment.layers[place] : nil
      rows.append(
        Row(
          one: one.0, other: other.0, group: group, layer: layer.name, before: before, after: after,
          correlation: fit?.correlation ?? .nan, correlationBefore: fit?.correlationBefore ?? .nan))
    }
    rows.append(
      Row(
        one: one.0, other: other.0, group: group, layer: "all", before: all.before, after: all.after,
        correlation: .nan, correlationBefore: .nan))
    return rows
  }

  private mutating func alignment(_ one: AnalysisRound, _ other: AnalysisRound) throws -> UnitAlignment? {
    guard let plan = one.plan else {
      obstacle = obstacle ?? "\(one.trial) cannot be planned again, so that its layers are not known"
      return nil
    }
    guard let first = try basis(of: one), let second = try basis(of: other) else {
      obstacle =
        obstacle ?? "\(one.trial) and \(other.trial) have no \(basis.rawValue) networks among the rounds"
      return nil
    }
    let key = "\(first.name) \(second.name)"
    if let alignment = known[key] { return alignment }
    let network = plan.regimen.model
    do {
      let chain = try chains[network.origin] ?? UnitChain(network, NetworkStructure(network))
      chains[network.origin] = chain
      let alignment = UnitAlignment(try first.weights(), try second.weights(), along: chain)
      known[key] = alignment
      return alignment
    } catch let found as UnitChain.Obstacle {
      obstacle = obstacle ?? found.reason
      return nil
    }
  }

  /// The weights that a round's network is compared by; `nil` where they are not there.
  private func basis(
    of round: AnalysisRound
  ) throws -> (name: String, weights: () throws -> ParameterSet)? {
    if basis == .initial {
      guard let weights = try context.initialWeights(of: round) else { return nil }
      return ("initial \(round.trial)", { weights })
    }
    let (model, dataset) = (round.row.model, round.row.dataset)
    let dense = context.rounds.filter {
      $0.masks == nil && $0.seed == round.seed && $0.row.model == model && $0.row.dataset == dataset
    }
    guard let found = dense.first(where: { $0.trial == round.trial }) ?? dense.first else { return nil }
    return (found.training.hexadecimal, { [context] in try context.weights(of: found) })
  }
}

/// What two masks have in common, in numbers that add up over layers.
struct MaskCount {
  var (shared, kept, expected) = (0, 0, 0.0)

  init() {}

  init(_ one: Mask, _ other: Mask) {
    shared = zip(one.bytes, other.bytes).reduce(0) { $0 + Int($1.0 & $1.1) }
    let (a, b) = (one.keptCount, other.keptCount)
    kept = a + b
    expected = Double(a) * Double(b) / Double(max(1, one.count))
  }

  static func + (a: MaskCount, b: MaskCount) -> MaskCount {
    var sum = a
    sum.shared += b.shared
    sum.kept += b.kept
    sum.expected += b.expected
    return sum
  }

  /// Jaccard's index; NaN where nothing survives.
  var jaccard: Double { kept > 0 ? Double(shared) / Double(kept - shared) : .nan }
  /// The index by chance.
  var chance: Double { kept > 0 ? expected / (Double(kept) - expected) : .nan }
}

/// A layer of two masks before and after its units were moved.
private struct Row {
  let one: AnalysisRound
  let other: AnalysisRound
  let group: Replicates
  let layer: String
  let before: MaskCount
  let after: MaskCount
  let correlation: Double
  let correlationBefore: Double

  static func table(_ rows: [Row]) -> NamedTable {
    // One line each for what is found before and after, so that curves can be told apart by them.
    let lines = rows.flatMap { row in [(row, "before"), (row, "after")] }
    return NamedTable(
      "mask_alignment", title: "overlap of the masks of two seeds, hidden units aligned",
      description:
        "Jaccard's index of the survivors of two seeds before and after the hidden units of the one are put in the order in which "
        + "their weights correlate best with those of the other, and the index by chance.",
      columns: [
        .init("trial_a", "trial", texts: lines.map(\.0.one.trial)),
        .init("trial_b", "other trial", texts: lines.map(\.0.other.trial)),
        .init("method", texts: lines.map(\.0.group.method)),
        .init("round", integers: lines.map(\.0.group.round)),
        .init(
          Quantity("density", "weights remaining", unit: .fraction), numbers: lines.map(\.0.group.density)),
        .init("layer", texts: lines.map(\.0.layer)), .init("units", texts: lines.map(\.1)),
        .init(
          Quantity("jaccard", "mask overlap (Jaccard)", unit: .fraction),
          numbers: lines.map { $1 == "after" ? $0.after.jaccard : $0.before.jaccard }),
        .init(
          Quantity("chance", "overlap by chance", unit: .fraction), numbers: lines.map(\.0.before.chance)),
        .init(
          Quantity("correlation", "correlation of the units' weights"),
          numbers: lines.map { $1 == "after" ? $0.correlation : $0.correlationBefore }),
      ],
      drawing: .init(
        "jaccard", against: "density", inPanelsOf: "layer", by: ["method", "units"], reference: "chance"))
  }
}
