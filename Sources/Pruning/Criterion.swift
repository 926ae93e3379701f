import CoppiceTensors
import CoppiceTerms

/// What goes first. A criterion scores every prunable weight, and low scores are pruned first; or it is a solver, which chooses by
/// itself what survives in a layer.
///
/// ```swift
/// extension Criterion {
///   /// |w − w₀|, how far training moved a weight.
///   static let movement = Criterion("movement", needs: .initialWeights) { context in
///     let initial = try context.initialWeights()
///     return try context.scoreEach { name, weight in … }
///   }
/// }
/// ```
public struct Criterion: Component {
  /// The scores of all prunable weights.
  public typealias Scores = @Sendable (ScoringContext) throws -> ParameterSet
  /// The weights after the cut, given the masks after the cut.
  public typealias Compensation = @Sendable (ScoringContext, MaskSet) throws -> ParameterSet
  /// Looks at what the criterion is to prune, before anything is trained, and throws where it cannot.
  public typealias Requirement = @Sendable (PruningSetup) throws -> Void
  /// The mask and the weight of one layer.
  public typealias Solution = @Sendable (SolverContext) throws -> (Mask, Tensor)

  /// How survivors are found.
  enum Method: Sendable {
    case scores(Scores, Compensation?)
    case solution(Solution)
  }

  /// The name, the version and every field of the criterion.
  public let specification: Specification
  /// What it looks at, besides the weights and the masks.
  public let needs: ScoringNeeds
  /// Whether a unit has one score, that of its first weight, whatever the granularity makes of scores.
  public let scoresUnits: Bool
  /// Whether the score of a unit is the square of the sum of its surviving weights' scores, whatever aggregate the granularity has.
  public let squaresSums: Bool
  /// In how many cuts a pruning is made: what the criterion reads is measured again before each, on what survives.
  public let rounds: Int
  /// Whether prunings of one network share the scores: kept in a file, they are read by every further ratio. Scores that take less time
  /// than their file are not kept. Of the 266,200 weights of LeNet-300-100 the file takes 4 ms to write (measured). An operation a
  /// weight takes less than 0.1 ms, sorting them 40 ms.
  public let keepsScores: Bool
  /// Whether it is a solver that keeps a pattern, so many weights of every group, where the granularity is one.
  package private(set) var solvesPatterns = false
  let requirement: Requirement?
  let method: Method

  /// A criterion that scores weights.
  /// - Parameters:
  ///   - name: what the criterion is called in tables, in kebab-case.
  ///   - version: raise it whenever scores change; `nil` while it is being written.
  ///   - fields: the values the scores depend on, if the criterion has parameters; rounds stand among them where there are several.
  ///   - rounds: in how many cuts a pruning is made, 1…1000. Densities fall by one factor from cut to cut, and what the criterion
  ///     needs is measured again before each.
  ///   - needs: what it reads besides the weights and the masks.
  ///   - scoresUnits: whether a unit has one score, that of its first weight, pruned or not, in place of an aggregate of all. A number
  ///     that is drawn says nothing of a weight, and a mean of many would hardly vary.
  ///   - squaresSums: whether the score of a unit is the square of the sum of its surviving weights' scores, whatever aggregate the
  ///     granularity has.
  ///   - keepsScores: whether the scores are kept in a file, so that other ratios of the same network are cut from them. `false` for
  ///     scores that take less time to compute than to read: one operation a weight, on what is there without a measurement.
  ///   - requires: throws `PruningError.unfit` where the criterion cannot prune what it is to prune; `nil` where it always can.
  ///   - scores: a tensor of scores for every prunable weight, shaped like the weight, finite wherever a weight
  ///     survives. What it says of pruned weights is ignored.
  ///   - compensate: the parameters and running statistics that change to make up for the cut, pruned weights 0, given the masks
  ///     after it; `nil` where survivors stay as they are. What it leaves out stays as it is.
  public init(
    _ name: String, version: Int? = nil, fields: [(name: String, value: Specification.Value)] = [],
    rounds: Int = 1, needs: ScoringNeeds = [], scoresUnits: Bool = false, squaresSums: Bool = false,
    keepsScores: Bool = true, requires: Requirement? = nil, scores: @escaping Scores,
    compensate: Compensation? = nil
  ) {
    let cuts: [(name: String, value: Specification.Value)] = rounds == 1 ? [] : [("rounds", .integer(rounds))]
    specification = Specification(name, version: version, fields + cuts)
    self.rounds = rounds
    self.needs = needs
    self.scoresUnits = scoresUnits
    self.squaresSums = squaresSums
    self.keepsScores = keepsScores
    requirement = Self.noting(name, requires)
    method = .scores(Self.noting(name, scores), Self.noting(name, compensate))
  }

  /// A criterion that solves each layer by itself: it chooses the survivors and moves them. It prunes single weights and takes
  /// an allocation that says how many survive in each layer.
  /// - Parameters:
  ///   - name: what the criterion is called in tables, in kebab-case.
  ///   - version: raise it whenever results change; `nil` while it is being written.
  ///   - fields: the values the results depend on, if the criterion has parameters.
  ///   - needs: what it reads besides the weights and the masks.
  ///   - requires: throws `PruningError.unfit` where the criterion cannot prune what it is to prune; `nil` where it always can.
  ///   - solve: the mask of a layer, a subset of the one before with as many survivors as asked for, and its weight, pruned
  ///     weights 0.
  public init(
    solver name: String, version: Int? = nil, fields: [(name: String, value: Specification.Value)] = [],
    needs: ScoringNeeds = [], requires: Requirement? = nil, solve: @escaping Solution
  ) {
    specification = Specification(name, version: version, fields)
    self.needs = needs
    (scoresUnits, squaresSums, rounds, keepsScores) = (false, false, 1, false)
    requirement = Self.noting(name, requires)
    method = .solution { layer in
      try PruningError.noting("criterion \(name)") { () throws -> (Mask, Tensor) in try solve(layer) }
    }
  }

  /// The same solver, which keeps the pattern that `SolverContext.pattern` says.
  func solvingPatterns() -> Criterion {
    var solver = self
    solver.solvesPatterns = true
    return solver
  }

  private static func noting(_ name: String, _ scores: @escaping Scores) -> Scores {
    { context in try PruningError.noting("criterion \(name)") { try scores(context) } }
  }

  private static func noting(_ name: String, _ compensate: Compensation?) -> Compensation? {
    guard let compensate else { return nil }
    return { context, masks in
      try PruningError.noting("criterion \(name)") { try compensate(context, masks) }
    }
  }

  private static func noting(_ name: String, _ requirement: Requirement?) -> Requirement? {
    guard let requirement else { return nil }
    return { setup in try PruningError.noting("criterion \(name)") { try requirement(setup) } }
  }

  /// Whether it chooses survivors by itself and gives no scores.
  public var solves: Bool {
    switch method {
    case .scores: false
    case .solution: true
    }
  }

  /// Whether survivors come out with other weights than they went in.
  public var movesSurvivors: Bool {
    switch method {
    case .scores(_, let compensate): compensate != nil
    case .solution: true
    }
  }

  /// The scores, each checked to be there, shaped like its weight, and finite wherever the weight survives.
  /// - Throws: `PruningError` where one is not or the criterion is a solver, and whatever the criterion itself throws.
  public func scores(in context: ScoringContext) throws -> ParameterSet {
    guard case .scores(let compute, _) = method else { throw PruningError.solverScores(criterion: name) }
    return try checked(compute(context.limited(to: needs, of: name)), in: context)
  }

  /// These scores, if each is there, shaped like its weight, and finite wherever the weight survives.
  func checked(_ scores: ParameterSet, in context: ScoringContext) throws(PruningError) -> ParameterSet {
    for (parameter, mask) in context.masks.counted {
      guard let score = scores[parameter] else {
        throw PruningError.missingParameter(parameter, in: "scores of criterion \(name)")
      }
      guard score.shape == mask.shape else {
        throw PruningError.scoreShape(score.shape, of: parameter, shape: mask.shape, criterion: name)
      }
      if let index = mask.bytes.indices.first(where: { mask.bytes[$0] != 0 && !score.scalars[$0].isFinite }) {
        throw PruningError.scoreNotFinite(score.scalars[index], of: parameter, index: index, criterion: name)
      }
    }
    return scores
  }
}
