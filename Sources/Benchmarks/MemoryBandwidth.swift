import CKernels
import CoppiceLaboratory

/// How fast this processor reads and writes at most: sums of two arrays into a third, as in STREAM (McCalpin 1995).
package enum MemoryBandwidth {
  /// Bytes a second of one thread over a working set of so many bytes, of which two thirds are read and one third is written: the best of
  /// some runs, which take `seconds` in all, and of three at least.
  package static func measure(bytes: Int, seconds: Double) -> Double {
    let count = max(64, bytes / (3 * MemoryLayout<Float>.size) / 16 * 16)
    let memory = UnsafeMutablePointer<Float>.allocate(capacity: 3 * count)
    defer { memory.deallocate() }
    memory.initialize(repeating: 1, count: 3 * count)
    // Small sets are gone over several times in a run, so that a clock can tell.
    let rounds = max(1, (4 << 20) / (3 * count * MemoryLayout<Float>.size))
    let whole = Stopwatch()
    var best = Double.infinity
    var runs = 0
    while runs < 3 || whole.elapsed < seconds {
      let watch = Stopwatch()
      for _ in 0..<rounds { ck_add(count, memory, memory + count, memory + 2 * count) }
      best = min(best, watch.elapsed)
      runs += 1
    }
    return Double(rounds) * 3 * Double(count) * Double(MemoryLayout<Float>.size) / best
  }
}
