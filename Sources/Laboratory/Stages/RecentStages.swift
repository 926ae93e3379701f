import CoppiceStore
import Synchronization

/// The outputs of stages in their folder. Those written or read last stay in memory as well, because what builds on a stage
/// mostly follows it at once, and opening a file takes longer than a small training step.
package final class RecentStages: Sendable {
  /// Bytes of weights and masks that are kept, at most: some fifteen networks of LeNet-300-100.
  private static let capacity = 16 << 20

  private struct Entry {
    let record: StageRecord
    let bytes: Int
  }

  private let folder: StageFolder
  /// The least recently used first.
  private let recent = Mutex<[Entry]>([])

  /// The outputs in a folder.
  package init(_ folder: StageFolder) { self.folder = folder }

  /// The outputs of a stage, or `nil` where they are not there.
  ///
  /// - Throws: `StoreError` where the file is damaged.
  func read(_ key: StageKey) throws(StoreError) -> StageRecord? {
    let known = recent.withLock { recent -> StageRecord? in
      guard let place = recent.firstIndex(where: { $0.record.key == key.hexadecimal }) else { return nil }
      let entry = recent.remove(at: place)
      recent.append(entry)
      return entry.record
    }
    if let known { return known }
    let record = try folder.read(key.hexadecimal)
    if let record { keep(record) }
    return record
  }

  /// Keeps the outputs of a stage and drops its checkpoint.
  func write(_ record: StageRecord) throws(StoreError) {
    try folder.write(record)
    keep(record)
  }

  private func keep(_ record: StageRecord) {
    var bytes = 0
    for (_, set) in record.parameters { for (_, tensor) in set { bytes += 4 * tensor.shape.count } }
    for (_, set) in record.masks { for (_, mask) in set { bytes += mask.count } }
    guard bytes <= Self.capacity / 2 else { return }
    recent.withLock { recent in
      recent.removeAll { $0.record.key == record.key }
      recent.append(Entry(record: record, bytes: bytes))
      var sum = recent.reduce(0) { $0 + $1.bytes }
      while sum > Self.capacity || recent.count > 64 { sum -= recent.removeFirst().bytes }
    }
  }
}
