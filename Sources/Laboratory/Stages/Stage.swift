import CoppiceDatasets
import CoppiceStore
import CoppiceTensors

/// One content-addressed computation of an experiment: its key is the hash of exactly what its outputs depend on.
package protocol Stage: Sendable {
  /// The identity of its outputs.
  var key: StageKey { get }
  /// The stages whose outputs it reads.
  var parents: [StageKey] { get }
  /// Optimizer steps it makes; 0 for anything but a training.
  var steps: Int { get }
  /// Computes the outputs.
  ///
  /// - Throws: `Interrupted` after a checkpoint, where an end was asked for.
  func run(_ context: StageContext) throws -> StageRecord
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
  /// Told how many steps were made since it was last told.
  package let progress: @Sendable (_ steps: Int) -> Void

  package init(
    folder: StageFolder, recent: RecentStages? = nil, interruption: Interruption = Interruption(),
    checkpointInterval: Double = 30,
    threads: Int = 1, progress: @escaping @Sendable (_ steps: Int) -> Void = { _ in }
  ) {
    self.folder = folder
    self.recent = recent ?? RecentStages(folder)
    self.interruption = interruption
    self.checkpointInterval = checkpointInterval
    self.threads = threads
    self.progress = progress
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

/// A stage that cannot run.
package enum StageError: Error, Hashable, CustomStringConvertible {
  case missingParent(String)
  case missingOutput(String, stage: String)

  package var description: String {
    switch self {
    case .missingParent(let key):
      "the outputs of stage \(key) are gone, though this run has made or found them: was the folder of stages "
        + "cleared meanwhile? Run the command again"
    case .missingOutput(let name, let stage):
      "stage \(stage) has no \(name); remove the stored stages with `coppice clean --stages` and run again"
    }
  }
}
