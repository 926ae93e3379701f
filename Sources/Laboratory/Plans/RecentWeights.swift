import CoppiceExchange
import CoppiceTerms
import Synchronization

/// The weights of files that were read last: trials that begin with one file follow each other. All together they take no more than
/// a limit, however many files a sweep begins with.
package final class RecentWeights: Sendable {
  private struct Entry {
    let key: Specification
    let weights: ImportedWeights
    let bytes: Int
  }

  private let bytes: Int
  /// The least recently used first.
  private let recent = Mutex<[Entry]>([])

  /// - Parameter bytes: bytes of weights that stay in memory, at most.
  package init(bytes: Int = 256 << 20) { self.bytes = bytes }

  /// The weights under a key, read where they are not in memory.
  package func weights(
    _ key: Specification, read: () throws -> ImportedWeights
  ) rethrows -> ImportedWeights {
    let known = recent.withLock { recent -> ImportedWeights? in
      guard let place = recent.firstIndex(where: { $0.key == key }) else { return nil }
      let entry = recent.remove(at: place)
      recent.append(entry)
      return entry.weights
    }
    if let known { return known }
    // Read outside the lock, so that others need not wait; what is read twice is the same.
    let weights = try read()
    let size = 4 * weights.parameters.reduce(0) { $0 + $1.tensor.shape.count }
    recent.withLock { recent in
      recent.removeAll { $0.key == key }
      guard size <= bytes else { return }
      recent.append(Entry(key: key, weights: weights, bytes: size))
      var sum = recent.reduce(0) { $0 + $1.bytes }
      while sum > bytes { sum -= recent.removeFirst().bytes }
    }
    return weights
  }
}
