import CoppiceDatasets
import Synchronization

/// The corrupted examples for the test that were made last. They are the same for every trial on a data set, and take long to make.
final class CorruptedParts: Sendable {
  private static let capacity = 2
  private let recent = Mutex<[(source: DatasetSource, corruption: Corruption, part: Subset)]>([])

  /// The test set of a source under a corruption, made where it is not there.
  func part(_ corruption: Corruption, of source: DatasetSource, make: () throws -> Subset) throws -> Subset {
    if corruption == .none { return try make() }
    let known = recent.withLock { recent in
      recent.first { $0.corruption == corruption && $0.source == source }
    }
    if let known { return known.part }
    // Made outside the lock, so that others need not wait; what is made twice is the same.
    let part = try make()
    recent.withLock { recent in
      recent.append((source, corruption, part))
      if recent.count > Self.capacity { recent.removeFirst() }
    }
    return part
  }
}
