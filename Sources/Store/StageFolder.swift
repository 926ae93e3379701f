import CoppiceHDF5
import CoppiceTerms
import Foundation

/// The content-addressed folder of stages: `<first two hex digits>/<key>.h5`, and `<key>.checkpoint.h5`
/// and `<key>.lease` beside it while the stage is being computed. It may be deleted at any time at no loss but time. Several
/// processes may share it: stages are deterministic, so the last one to write a key changes nothing.
package struct StageFolder: Hashable, Sendable {
  /// The path of the folder.
  package let path: String

  /// The folder at a path; it is made with the first stage.
  package init(_ path: String) { self.path = path }

  /// The outputs of a stage, or `nil` where they are not there.
  /// - Throws: `StoreError` where the file is damaged or of another stage: compute it again.
  package func read(_ key: String) throws(StoreError) -> StageRecord? { try read(key, file(key)) }

  /// Keeps the outputs of a stage and drops its checkpoint. They are whole or not there for whatever happens to this process.
  /// A power cut may lose those of a stage too short to have had a checkpoint: waiting for the disk would cost more. Those of a
  /// longer one last before the checkpoint goes.
  package func write(_ record: StageRecord) throws(StoreError) {
    let hadCheckpoint = access(checkpoint(record.key), F_OK) == 0
    try StageFile.write(
      record, to: file(record.key), durability: hadCheckpoint ? .everything : .process)
    removeCheckpoint(record.key)
  }

  /// The last checkpoint of a stage, or `nil` where there is none.
  package func readCheckpoint(_ key: String) throws(StoreError) -> StageRecord? {
    try read(key, checkpoint(key))
  }

  /// Replaces the checkpoint of a stage.
  package func writeCheckpoint(_ record: StageRecord) throws(StoreError) {
    try StageFile.write(record, to: checkpoint(record.key), durability: .contents)
  }

  /// Refuses a folder, a pipe or a device in the place of the outputs of a stage.
  package func checkPlace(_ key: String) throws(StoreError) {
    guard let kind = FileKind(at: file(key)), kind != .file else { return }
    throw .file(HDF5Error(FileFault(file(key), .kind(kind))))
  }

  /// Drops the checkpoint of a stage, if there is one.
  package func removeCheckpoint(_ key: String) { unlink(checkpoint(key)) }

  /// What runs have written here, checkpoints and leases among it, sorted by path. Files of other names or kinds are somebody's
  /// own, and so is what a link leads to.
  package func entries() -> [StageEntry] { isLink ? [] : scan { _ in true } }

  /// The paths of the same.
  package func paths() -> [String] { entries().map(\.path) }

  /// The files of some kinds, also where the folder is a link: who is at work there is at work here. Of others, no file is looked
  /// at.
  func scan(_ isWanted: (StageEntry.Kind) -> Bool) -> [StageEntry] {
    folders.flatMap { folder in
      OwnFiles.names(in: [folder], below: path).compactMap { name in
        guard let kind = StageEntry.kind(name, in: folder), isWanted(kind) else { return nil }
        return StageEntry(name, in: folder, below: path).flatMap { $0.isFile ? $0 : nil }
      }
    }
  }

  /// Temporary files left by processes that were killed in the middle of a write.
  /// - Parameter age: where locks do not tell the dead from the living, only those at least this old, in seconds.
  package func leftovers(olderThan age: Double = 3600) -> [String] {
    isLink ? [] : folders.flatMap { leftovers(in: $0, OwnFiles.names(in: [$0], below: path), age) }
  }

  /// The same of one folder.
  private func leftovers(in folder: String, _ names: [String], _ age: Double) -> [String] {
    let others = names.filter { StageEntry.kind($0, in: folder) == nil }
    return AtomicFile.leftovers(in: "\(path)/\(folder)", among: others, olderThan: age).filter { leftover in
      let name = (leftover as NSString).lastPathComponent
      return AtomicFile.target(ofTemporary: name).flatMap { StageEntry.kind($0, in: folder) } != nil
    }
  }

  /// Removes those, and what a run that was killed behind the writing of a stage left beside it: the checkpoint and the lease. Names
  /// are enough for that, so that the folder is read once.
  package func removeLeftovers(olderThan age: Double = 3600) {
    guard !isLink else { return }
    for folder in folders {
      let names = OwnFiles.names(in: [folder], below: path)
      for file in leftovers(in: folder, names, age) + overtaken(in: folder, names) {
        _ = OwnFiles.remove(file, below: path)
      }
    }
  }

  /// The checkpoints of stages that are there, and their leases, where nobody holds them.
  private func overtaken(in folder: String, _ names: [String]) -> [String] {
    let beside = names.filter { name in
      guard let kind = StageEntry.kind(name, in: folder) else { return false }
      return kind != .outputs
    }
    guard !beside.isEmpty else { return [] }
    let all = Set(names)
    return beside.filter { name in
      all.contains("\(name.prefix(64)).h5") && !isHeld(String(name.prefix(64)))
    }.map { "\(path)/\(folder)/\($0)" }
  }

  /// Whether somebody may be at work on a stage: there is a lease, and nothing says that its holder is dead.
  package func isHeld(_ key: String) -> Bool {
    OwnFiles.kind(of: lease(key)) != nil && !LeaseFile.isLeft(lease(key))
  }

  /// The path of a stage's outputs.
  package func file(_ key: String) -> String { "\(path)/\(key.prefix(2))/\(key).h5" }

  /// The path of a stage's lease, see `StageLeases`.
  func lease(_ key: String) -> String { "\(path)/\(key.prefix(2))/\(key).lease" }

  /// Whether the outputs of a stage are there; whether they are whole, reading them tells.
  package func contains(_ key: String) -> Bool { access(file(key), F_OK) == 0 }

  /// The path of a stage's checkpoint.
  package func checkpoint(_ key: String) -> String { "\(path)/\(key.prefix(2))/\(key).checkpoint.h5" }

  private func read(_ key: String, _ file: String) throws(StoreError) -> StageRecord? {
    var status = stat()
    guard stat(file, &status) == 0 else { return nil }
    let record = try StageFile.read(file)
    guard record.key == key else {
      throw .file(HDF5Error(call: "read", file: file, object: "/@key", message: "bad key \(record.key)"))
    }
    markUse(of: file, status)
    return record
  }

  /// The least seconds between two marks of use.
  private static let markInterval = 3600.0

  /// Sets the time of a file that is read to now, so that cleaning by age spares what runs still use. Times of access would tell the
  /// same, but many systems are set not to keep them. Where it cannot be set, the time of writing stays.
  private func markUse(of file: String, _ status: stat) {
    guard abs(Date().timeIntervalSince1970 - status.modified) >= Self.markInterval else { return }
    utimensat(AT_FDCWD, file, nil, AT_SYMLINK_NOFOLLOW)
  }

  /// The names of the folders of stages, by the first digits of their keys, sorted.
  private var folders: [String] { OwnFiles.names(in: [], below: path).filter(OwnFiles.isStageFolder) }

  /// Whether the folder is a link to another. What lies there is used and never removed.
  package var isLink: Bool { OwnFiles.kind(of: path) == S_IFLNK }
}
