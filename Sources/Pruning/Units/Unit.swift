import CoppiceAutodiff
import CoppiceTensors

extension Granularity {
  /// What is pruned as one: slices of one or several parameters, all kept or all masked.
  ///
  /// Slices of prunable weights have scores and count. Slices of other parameters (biases, scales and shifts of normalisations)
  /// are companions: they are masked where nothing else of the unit survives, and count nowhere.
  public struct Unit: Hashable, Sendable {
    /// The slices, at least one of them of a prunable weight.
    public let slices: [AxisSlice]

    /// A unit of these slices.
    public init(_ slices: [AxisSlice]) { self.slices = slices }
  }

  /// How the scores of a unit's surviving weights become the unit's own.
  public enum Aggregate: String, Hashable, Sendable, CaseIterable {
    /// Σ s / n.
    case mean
    /// Σ s: the L1 norm for magnitude. Sums of unequal numbers of weights are not comparable: under a global allocation small
    /// units go first.
    case sum
    /// The largest s.
    case maximum
    /// √(Σ s²).
    case l2
  }
}

/// What is known of a network besides its prunable weights: what granularities make units from, and criteria scores.
public struct NetworkStructure: Sendable {
  /// Parameters of rank 1 that belong to the rows of a weight, by the weight's name: bias, scale and shift of a normalisation.
  public let companions: [String: [String]]
  /// The scale of the batch normalisation behind a weight, by the weight's name: element i belongs to row i.
  public let scales: [String: String]
  /// Slices of parameters that the graph ties together.
  public let groups: [AxisGroup]
  /// The residual branches, each with all of every parameter that serves it alone.
  public let branches: [AxisGroup]
  /// The blocks that can be left out, each with all of every parameter of its branches. What is normalised behind a sum stays.
  public let blocks: [AxisGroup]
  /// Floating-point operations a prunable weight takes part in for one example, by name.
  public let flops: [String: Int]
  /// The ways of the units that the prunable weights make, by the weight's name: where one can stand for another.
  package var passages: [String: Result<UnitPassage, PassageObstacle>] = [:]

  /// A structure of these parts.
  public init(
    companions: [String: [String]] = [:], scales: [String: String] = [:], groups: [AxisGroup] = [],
    branches: [AxisGroup] = [], blocks: [AxisGroup] = [], flops: [String: Int] = [:]
  ) {
    self.companions = companions
    self.scales = scales
    self.groups = groups
    (self.branches, self.blocks) = (branches, blocks)
    self.flops = flops
  }

  /// The groups of what attention heads own, in order, those left out of which nothing can be removed.
  public var heads: [AxisGroup] { groups.filter { $0.labels.contains("head") && !$0.isFixed } }

  /// What can be cut out, in order.
  public var removable: [AxisGroup] { groups.filter { !$0.isFixed } }

  /// Of these, features of a stream that tokens are looked up in or that layers normalise across.
  public var embeddingWidth: [AxisGroup] { removable.filter { $0.labels.contains("embedding") } }

  /// Channels that a convolution makes, and that are no such features.
  public var channels: [AxisGroup] {
    removable.filter { $0.labels.contains("channel") && !$0.labels.contains("embedding") }
  }

  /// Rows of linear layers that are none of these and in no attention head.
  public var hiddenUnits: [AxisGroup] {
    removable.filter { group in
      group.labels.isDisjoint(with: ["embedding", "channel", "head"])
        && group.slices.contains { $0.axis == 0 }
    }
  }

  /// Nothing is known: enough for single weights.
  public static let none = NetworkStructure()
}

/// What a granularity makes units from.
public struct UnitContext: Sendable {
  /// The prunable weights that the allocation does not ignore, in order.
  public let layers: [PrunableLayer]
  /// What is known of the network besides.
  public let structure: NetworkStructure

  /// A context of these layers.
  public init(layers: [PrunableLayer], structure: NetworkStructure = .none) {
    self.layers = layers
    self.structure = structure
  }

  /// Parameters of rank 1 that belong to the rows of a weight.
  public func companions(of weight: String) -> [String] { structure.companions[weight] ?? [] }
}
