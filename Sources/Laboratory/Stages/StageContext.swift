import CoppiceStore
import CoppiceTensors

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
  /// Told how many steps were made since it was last told.
  package let progress: @Sendable (_ steps: Int) -> Void

  package init(
    folder: StageFolder, recent: RecentStages? = nil, interruption: Interruption = Interruption(),
    checkpointInterval: Double = 30, threads: Int = 1, costs: NetworkCostTable = NetworkCostTable(),
    progress: @escaping @Sendable (_ steps: Int) -> Void = { _ in }
  ) {
    self.folder = folder
    self.recent = recent ?? RecentStages(folder)
    self.interruption = interruption
    self.checkpointInterval = checkpointInterval
    self.threads = threads
    self.costs = costs
    self.progress = progress
  }

  /// The same for work whose progress nobody is told of.
  var withoutProgress: StageContext {
    StageContext(
      folder: folder, recent: recent, interruption: interruption, checkpointInterval: checkpointInterval,
      threads: threads, costs: costs)
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
