import CoppiceStore
import Synchronization

/// The outputs of stages in their folder. Those used last stay in memory as well: what builds on a stage mostly follows it at
/// once, and opening a file takes longer than a small training step.
package final class RecentStages: Sendable {
  private struct Entry {
    let record: StageRecord
    let bytes: Int
  }

  private let folder: StageFolder
  private let bytes: Int
  private let count: Int
  private let fault: @Sendable (StageKey, StageRecord) -> String?
  private let elsewhere: @Sendable (StageKey) throws(StoreError) -> StageRecord?
  /// The least recently used first.
  private let recent = Mutex<[Entry]>([])

  /// The outputs in a folder.
  ///
  /// - Parameters:
  ///   - bytes: bytes of outputs that stay in memory, at most. A stage that takes more than half of them does not stay.
  ///     The usual number is good for some fifteen networks of LeNet-300-100.
  ///   - count: stages that stay in memory, at most.
  ///   - fault: why what was read cannot be the outputs of a stage; `nil` where it can.
  ///   - elsewhere: what is known of a stage that the folder does not hold.
  package init(
    _ folder: StageFolder, bytes: Int = 16 << 20, count: Int = 64,
    fault: @escaping @Sendable (StageKey, StageRecord) -> String? = { _, _ in nil },
    elsewhere: @escaping @Sendable (StageKey) throws(StoreError) -> StageRecord? = { _ in nil }
  ) {
    (self.folder, self.bytes, self.count, self.fault) = (folder, bytes, count, fault)
    self.elsewhere = elsewhere
  }

  /// Whether the outputs of a stage are there, in memory or in the folder.
  package func contains(_ key: StageKey) -> Bool {
    recent.withLock { $0.contains { $0.record.key == key.hexadecimal } } || folder.contains(key.hexadecimal)
  }

  /// Refuses what is no file in the place of a stage's outputs.
  package func checkPlace(_ key: StageKey) throws(StoreError) { try folder.checkPlace(key.hexadecimal) }

  /// The outputs of a stage, or `nil` where they are not there.
  ///
  /// - Throws: `StoreError` where the file is damaged, or does not hold what the stage gives.
  package func read(_ key: StageKey) throws(StoreError) -> StageRecord? {
    let known = recent.withLock { recent -> StageRecord? in
      guard let place = recent.firstIndex(where: { $0.record.key == key.hexadecimal }) else { return nil }
      let entry = recent.remove(at: place)
      recent.append(entry)
      return entry.record
    }
    if let known { return known }
    let record = try readFile(key)
    if let record { keep(record) }
    return record
  }

  /// The same from the file, and nothing of it stays in memory.
  package func readFile(_ key: StageKey) throws(StoreError) -> StageRecord? {
    guard let record = try folder.read(key.hexadecimal) else { return try elsewhere(key) }
    if let fault = fault(key, record) {
      throw .badContents(file: folder.file(key.hexadecimal), reason: fault)
    }
    return record
  }

  /// Keeps the outputs of a stage and drops its checkpoint.
  package func write(_ record: StageRecord) throws(StoreError) {
    try folder.write(record)
    keep(record)
  }

  private func keep(_ record: StageRecord) {
    let size = record.footprint
    recent.withLock { recent in
      recent.removeAll { $0.record.key == record.key }
      guard size <= bytes / 2 else { return }
      recent.append(Entry(record: record, bytes: size))
      var sum = recent.reduce(0) { $0 + $1.bytes }
      while sum > bytes || recent.count > count { sum -= recent.removeFirst().bytes }
    }
  }
}
