/// One round whose results are reported. Round k has had k prunings.
package struct Round: Sendable {
  /// What a stage is to a round.
  package struct Role: Hashable, Sendable {
    /// The name in texts: `training`.
    package let name: String

    package init(_ name: String) { self.name = name }

    /// The stage whose network is measured.
    package static let training = Role("training")
    /// The stage whose masks the network was trained under.
    package static let masks = Role("masks")
    /// The stage that has measured how long it takes.
    package static let latency = Role("latency")
  }

  /// k, the number of prunings the network has had.
  package let index: Int
  /// The stages by their roles, in a fixed order.
  package private(set) var stages: [(role: Role, key: StageKey)]
  /// The sparsity that is asked for, 0…1; NaN where none is.
  package let requestedSparsity: Double
  /// What is to be left of what the target counts; `nil` where that is weights.
  let requestedCost: Double?
  /// Whether its pruning is known to remove nothing, so that its masks are those of the round before.
  package let isInVain: Bool
  /// Of a control: the steps that its ticket's network has had; `nil` for the ticket itself.
  package let ticketSteps: Int?
  /// The training whose early end has spared some of these steps; `nil` where all were made.
  let spared: TrainingStage.Predecessor?

  package init(
    index: Int, stages: [(role: Role, key: StageKey)], requestedSparsity: Double,
    requestedCost: Double? = nil, isInVain: Bool = false, ticketSteps: Int? = nil,
    spared: TrainingStage.Predecessor? = nil
  ) {
    self.index = index
    self.stages = stages
    self.requestedSparsity = requestedSparsity
    self.requestedCost = requestedCost
    self.isInVain = isInVain
    self.ticketSteps = ticketSteps
    self.spared = spared
  }

  /// The same round with one more stage.
  func adding(_ role: Role, _ key: StageKey) -> Round {
    var round = self
    round.stages.append((role, key))
    return round
  }

  /// The same round with another stage in the place of one, in every role that it has.
  func replacing(_ key: StageKey, by other: StageKey) -> Round {
    var round = self
    for place in round.stages.indices where round.stages[place].key == key { round.stages[place].key = other }
    return round
  }

  /// Whether a control stands in the place of the pruned network.
  var isControl: Bool { ticketSteps != nil }

  /// The stage of a role; `nil` where the round has none.
  package subscript(role: Role) -> StageKey? { stages.first { $0.role == role }?.key }

  /// The stages the round's results are read from.
  package var keys: [StageKey] { stages.map(\.key) }
}
