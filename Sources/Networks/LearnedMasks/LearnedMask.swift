import CoppiceAutodiff
import CoppiceTerms

/// A mask that is learned while the network is trained: what the forward pass reads in place of each prunable weight, what is
/// trained beside it, and which weights survive at the end. Each shipped one stands in LearnedMasks/.
///
/// ```swift
/// extension LearnedMask {
///   /// A weight survives where its score is positive; the score is trained straight through the step.
///   static let scored = LearnedMask("scored", leaves: [MaskLeaf("score", initializer: .kaimingUniform)]) { trace in
///     MaskGates(trace.weights.map { weight in
///       let score = weight["score"]
///       return MaskGate(read: weight.value * score.throughStep, keep: score, value: weight.value, score: score)
///     })
///   }
/// }
/// ```
public struct LearnedMask: Component {
  /// The name, the version and every field of the mask.
  public let specification: Specification
  /// Whether the network's own parameters are trained too; where not, all of them keep their initial bits.
  public let trainsWeights: Bool
  /// Whether as many weights survive as the trial's pruning ratio says, in every forward pass. Others are cut to a ratio at the end,
  /// where one is asked for.
  public let keepsCount: Bool
  /// Whether masks are made at all. One that only adds a penalty leaves pruning to what follows it.
  public let makesMasks: Bool
  /// The arrays trained beside each prunable weight.
  let leaves: [MaskLeaf]
  /// Numbers that change from step to step, by name.
  let schedules: [MaskSchedule]
  /// The share of the pruning ratio that is removed at a moment, 0…1, where the count is kept.
  private let progress: @Sendable (MaskMoment) throws -> Double
  /// The optimizer of the prunable weights, from the trial's.
  let optimizer: (@Sendable (Optimizer) -> Optimizer)?
  let gates: @Sendable (MaskTrace) -> MaskGates

  /// A learned mask.
  /// - Parameters:
  ///   - name: what the mask is called in tables, in kebab-case.
  ///   - version: raise it whenever results change; `nil` while it is being written.
  ///   - fields: the values it depends on.
  ///   - trainsWeights: whether the network's own parameters are trained too.
  ///   - leaves: the arrays trained beside each prunable weight.
  ///   - schedules: numbers that the gates ask for by name, and that change from step to step.
  ///   - keepsCount: whether the gates let through as many weights as the trial's pruning ratio says, by `MaskTrace.largest`. The
  ///     trial must then give a ratio.
  ///   - progress: the share of that ratio that is removed at a moment, 0…1; at the end it must be 1.
  ///   - optimizer: makes the optimizer of the prunable weights from the trial's; `nil` for the trial's own.
  ///   - gates: what the forward pass reads, and what survives.
  public init(
    _ name: String, version: Int? = nil, fields: [(name: String, value: Specification.Value)] = [],
    trainsWeights: Bool = true, leaves: [MaskLeaf] = [], schedules: [MaskSchedule] = [],
    keepsCount: Bool = false, progress: @escaping @Sendable (MaskMoment) throws -> Double = { _ in 1 },
    optimizer: (@Sendable (Optimizer) -> Optimizer)? = nil,
    gates: @escaping @Sendable (MaskTrace) -> MaskGates
  ) {
    self.init(
      name, version: version, fields: fields, trainsWeights: trainsWeights, leaves: leaves,
      schedules: schedules, keepsCount: keepsCount, makesMasks: true, progress: progress,
      optimizer: optimizer, gates: gates)
  }

  init(
    _ name: String, version: Int?, fields: [(name: String, value: Specification.Value)],
    trainsWeights: Bool = true, leaves: [MaskLeaf] = [], schedules: [MaskSchedule] = [],
    keepsCount: Bool = false, makesMasks: Bool,
    progress: @escaping @Sendable (MaskMoment) throws -> Double = { _ in 1 },
    optimizer: (@Sendable (Optimizer) -> Optimizer)? = nil,
    gates: @escaping @Sendable (MaskTrace) -> MaskGates
  ) {
    specification = Specification(name, version: version, fields)
    (self.trainsWeights, self.leaves, self.schedules) = (trainsWeights, leaves, schedules)
    (self.keepsCount, self.makesMasks) = (keepsCount, makesMasks)
    (self.progress, self.optimizer, self.gates) = (progress, optimizer, gates)
  }

  /// Whether an attention head is what has a gate.
  package var isOfHeads: Bool { leaves.contains { $0.extent == .head } }

  /// The sparsity of the forward pass at a moment, where the count is kept.
  package func sparsity(at moment: MaskMoment, ratio: Double) throws -> Double {
    let share = try progress(moment)
    return share == 1 ? ratio : ratio * share
  }
}

/// An array trained beside each prunable weight.
public struct MaskLeaf: Sendable {
  /// How many of them a weight has.
  public enum Extent: String, Sendable, CaseIterable {
    /// One an element: the weight's own shape.
    case weight
    /// One an output, a slice along the first axis: `[out]`.
    case output
    /// One an input, a slice along the second axis: `[in]`.
    case input
    /// One for the whole layer: `[1]`.
    case layer
    /// One for each attention head, `[heads]`, which all weights of the attention share. Granularity `head` prunes those.
    case head
  }

  /// The last part of its name: `fc1.weight.score`.
  public let name: String
  /// How many of them there are.
  public let extent: Extent
  /// How it is drawn.
  public let initializer: Initializer
  /// How it is trained; `nil` where as the trial says.
  public let training: LeafTraining?

  /// An array of this extent, one number an element unless said otherwise.
  public init(
    _ name: String, _ extent: Extent = .weight, initializer: Initializer, training: LeafTraining? = nil
  ) {
    (self.name, self.extent, self.initializer, self.training) = (name, extent, initializer, training)
  }
}

/// A number that gates depend on and that changes from step to step: a temperature.
public struct MaskSchedule: Sendable {
  /// The name it is asked for by.
  public let name: String
  let value: @Sendable (MaskMoment) throws -> Double

  /// A number by name, at each moment of the training.
  public init(_ name: String, value: @escaping @Sendable (MaskMoment) throws -> Double) {
    (self.name, self.value) = (name, value)
  }
}

/// A moment of a training: after `step` of its `total` steps.
public struct MaskMoment: Hashable, Sendable {
  /// Steps made so far.
  public let step: Int
  /// Steps of the whole training.
  public let total: Int
  /// Steps in one pass over the training data.
  public let perEpoch: Int

  /// A moment after so many steps.
  public init(step: Int, total: Int, perEpoch: Int) {
    (self.step, self.total, self.perEpoch) = (step, total, perEpoch)
  }

  /// A budget in steps of this training, shares taken of its total.
  public func steps(_ budget: Budget) throws -> Int { try budget.iterations(perEpoch: perEpoch, of: total) }

  /// How far between two amounts of training this moment lies, 0…1.
  public func share(from begin: Budget, to end: Budget) throws -> Double {
    let (first, last) = (try steps(begin), try steps(end))
    if step >= last { return 1 }
    return step <= first ? 0 : Double(step - first) / Double(last - first)
  }
}
