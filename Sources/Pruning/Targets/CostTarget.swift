import CoppiceTerms

/// What a pruning ratio is a fraction of: the prunable weights where not said, or else what the network costs, counted on what is
/// left where pruned units are cut out. "Half the FLOPs" is `sparsity: 0.5` under `target: .flops`, or `target: .flops(0.5)`.
///
/// A target may state its aim itself: a share that goes, in place of the trial's sparsity, or what is left at most. Under a share masks
/// come as near to it as the unit next to it does; what is left at most is never exceeded.
public struct CostTarget: Component {
  /// The name, the version and every field of the target.
  public let specification: Specification
  /// What is counted.
  package let measure: Measure
  /// What is asked for.
  package let aim: Aim

  /// What a network costs.
  package enum Measure: Hashable, Sendable {
    /// Prunable weights.
    case weights
    /// What the granularity makes.
    case units
    /// All parameters.
    case parameters
    /// Floating-point operations of one example's forward pass.
    case flops
    /// Parameters and running statistics, four bytes a number.
    case bytes
    /// Bytes that one forward pass holds: parameters, running statistics and all arrays on the way.
    case memory(batch: Int)
    /// Seconds of a forward pass, by a stored table.
    case latency(batch: Int, table: String)
  }

  /// What is asked for.
  package enum Aim: Hashable, Sendable {
    /// The pruning ratio of the trial, or of each pruning, is the share that goes.
    case ratio
    /// This share goes.
    case share(Double)
    /// So much is left at most.
    case atMost(Double)
  }

  init(
    _ name: String, _ measure: Measure, _ aim: Aim = .ratio,
    _ fields: [(name: String, value: Specification.Value)] = []
  ) {
    let own: [(name: String, value: Specification.Value)] =
      switch aim {
      case .ratio: []
      case .share(let share): [("share", .number(share))]
      case .atMost(let most): [("at-most", .number(most))]
      }
    specification = Specification(name, version: 1, own + fields)
    (self.measure, self.aim) = (measure, aim)
  }

  /// Whether the stated aim takes the place of a pruning ratio.
  package var hasAim: Bool { aim != .ratio }

  /// Whether what is left must never cost more than the aim.
  package var isCeiling: Bool { if case .atMost = aim { true } else { false } }
}

extension SpecificationReader {
  /// The fields of every target: a share that goes or what is left at most, if it states either.
  mutating func aim(atMost example: Double) throws -> CostTarget.Aim {
    let share = try numberIfAny("share", .share, as: 0.5)
    let most = try numberIfAny("at-most", .positive, as: example)
    switch (share, most) {
    case (let share?, nil): return .share(share)
    case (nil, let most?): return .atMost(most)
    case (nil, nil): return .ratio
    case (_?, _?):
      throw ComponentError.refused(
        "target", "a target is a share that goes or what is left at most: leave out share or at-most")
    }
  }
}
