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

  /// The paths of what runs have written here, checkpoints and leases among it, sorted. Files of other names or kinds are
  /// somebody's own, and so is what a link leads to.
  package func paths() -> [String] { isLink ? [] : files() }

  /// The same where the folder is a link as well: who is at work there is at work here.
  func files() -> [String] {
    folders.flatMap { folder in
      OwnFiles.names(in: [folder], below: path).filter { OwnFiles.isStage($0, in: folder) }
        .map { "\(path)/\(folder)/\($0)" }.filter { OwnFiles.kind(of: $0) == S_IFREG }
    }
  }

  /// Temporary files left by processes that were killed in the middle of a write.
  /// - Parameter age: where locks do not tell the dead from the living, only those at least this old, in seconds.
  package func leftovers(olderThan age: Double = 3600) -> [String] {
    guard !isLink else { return [] }
    return folders.flatMap { folder -> [String] in
      guard OwnFiles.kind(of: "\(path)/\(folder)") == S_IFDIR else { return [] }
      return AtomicFile.leftovers(in: "\(path)/\(folder)", olderThan: age).filter { leftover in
        let name = (leftover as NSString).lastPathComponent
        return AtomicFile.target(ofTemporary: name).map { OwnFiles.isStage($0, in: folder) } ?? false
      }
    }
  }

  /// Removes those, and what a run that was killed behind the writing of a stage left beside it: the checkpoint and the lease.
  package func removeLeftovers(olderThan age: Double = 3600) {
    for leftover in leftovers(olderThan: age) + overtaken() { _ = OwnFiles.remove(leftover, below: path) }
  }

  /// The checkpoints of stages that are there, and their leases, where nobody holds them.
  private func overtaken() -> [String] {
    guard !isLink else { return [] }
    return folders.flatMap { folder -> [String] in
      let names = OwnFiles.names(in: [folder], below: path).filter { OwnFiles.isStage($0, in: folder) }
      let stored = Set(names.filter { $0.utf8.count == 67 }.map { $0.prefix(64) })
      return names.filter { name in
        guard name.utf8.count != 67, stored.contains(name.prefix(64)) else { return false }
        let lease = "\(path)/\(folder)/\(name.prefix(64)).lease"
        return OwnFiles.kind(of: lease) == nil || LeaseFile.isLeft(lease)
      }.map { "\(path)/\(folder)/\($0)" }
    }
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
    guard access(file, F_OK) == 0 else { return nil }
    let record = try StageFile.read(file)
    guard record.key == key else {
      throw .file(HDF5Error(call: "read", file: file, object: "/@key", message: "bad key \(record.key)"))
    }
    return record
  }

  /// The names of the folders of stages, by the first digits of their keys, sorted.
  private var folders: [String] { OwnFiles.names(in: [], below: path).filter(OwnFiles.isStageFolder) }

  /// Whether the folder is a link to another. What lies there is used and never removed.
  package var isLink: Bool { OwnFiles.kind(of: path) == S_IFLNK }
}
