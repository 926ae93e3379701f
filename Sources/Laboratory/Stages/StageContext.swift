import CoppiceStore
import CoppiceTensors

/// What a stage has done since it was last heard of, and where it stands.
package struct StageProgress: Sendable {
  /// Optimizer steps made.
  package var steps = 0
  /// Evaluations made.
  package var evaluations = 0
  /// The mean loss of the steps made; `nil` where there were none.
  package var loss: Double?
  /// Steps made in all, and steps to make.
  package var step = 0
  package var total = 0

  package init(steps: Int = 0, evaluations: Int = 0, loss: Double? = nil, step: Int = 0, total: Int = 0) {
    (self.steps, self.evaluations, self.loss, self.step, self.total) = (steps, evaluations, loss, step, total)
  }
}

/// What a stage is given to work with.
package struct StageContext: Sendable {
  /// Where outputs and checkpoints lie.
  package let folder: StageFolder
  private let recent: RecentStages
  /// Asked after every step.
  package let interruption: Interruption
  /// Seconds between checkpoints of a training.
  package let checkpointInterval: Double
  /// Threads that share each kernel.
  package let threads: Int
  /// What networks cost.
  package let costs: NetworkCostTable
  /// The stages whose outputs a training leaves on its way, the step after which it does, and whether moments are among them.
  package let waypoints: [(step: Int, key: StageKey, keepsMoments: Bool)]
  /// Keeps what is left on the way.
  package let leave: @Sendable (StageRecord) throws -> Void
  /// Told of a checkpoint that could not be written.
  package let checkpointFailed: @Sendable (StoreError) -> Void
  /// Told what was done since it was last told.
  package let progress: @Sendable (StageProgress) -> Void
  /// Told of a file that does not hold what it should, and what it held is computed again.
  package let passedOver: @Sendable (StoreError) -> Void

  package init(
    folder: StageFolder, recent: RecentStages? = nil, interruption: Interruption = Interruption(),
    checkpointInterval: Double = 30, threads: Int = 1, costs: NetworkCostTable = NetworkCostTable(),
    waypoints: [(step: Int, key: StageKey, keepsMoments: Bool)] = [],
    leave: @escaping @Sendable (StageRecord) throws -> Void = { _ in },
    checkpointFailed: @escaping @Sendable (StoreError) -> Void = { _ in },
    progress: @escaping @Sendable (StageProgress) -> Void = { _ in },
    passedOver: @escaping @Sendable (StoreError) -> Void = { _ in }
  ) {
    self.folder = folder
    self.recent = recent ?? RecentStages(folder)
    self.interruption = interruption
    self.checkpointInterval = checkpointInterval
    self.threads = threads
    self.costs = costs
    (self.waypoints, self.leave) = (waypoints, leave)
    (self.checkpointFailed, self.progress) = (checkpointFailed, progress)
    self.passedOver = passedOver
  }

  /// The same for work whose progress nobody is told of.
  var withoutProgress: StageContext {
    StageContext(
      folder: folder, recent: recent, interruption: interruption, checkpointInterval: checkpointInterval,
      threads: threads, costs: costs, checkpointFailed: checkpointFailed, passedOver: passedOver)
  }

  /// The outputs of a parent.
  func outputs(of key: StageKey) throws -> StageRecord {
    guard let record = try recent.read(key) else { throw StageError.missingParent(key.short) }
    return record
  }

  /// The masks a parent left.
  func masks(of key: StageKey) throws -> MaskSet {
    guard let masks = try outputs(of: key)[masks: "masks"] else {
      throw StageError.missingOutput("masks", stage: key.short)
    }
    return masks
  }
}
