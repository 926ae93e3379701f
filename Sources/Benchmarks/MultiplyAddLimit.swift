import CKernels
import CoppiceLaboratory
import Dispatch

/// What this processor can multiply and add at most: what kernels are measured by.
enum MultiplyAddLimit {
  /// Takes a figure, and the limit in floating-point operations a second right before and right behind it, of which the greater
  /// counts: clocks drift.
  static func around<Figure>(threads: Int, _ figure: () throws -> Figure) rethrows -> (Figure, limit: Double)
  {
    let before = measure(threads: threads)
    let taken = try figure()
    return (taken, max(before, measure(threads: threads)))
  }

  /// Floating-point operations a second (2 × multiply-adds) of fused multiply-adds out of registers, on `threads` threads at
  /// once: the best of ten short runs, some milliseconds in all.
  private static func measure(threads: Int) -> Double {
    let rounds = 200_000
    let seconds = (0..<10).map { _ in
      let watch = Stopwatch()
      DispatchQueue.concurrentPerform(iterations: threads) { _ in
        var sums = SIMD16<Float>.zero
        withUnsafeMutableBytes(of: &sums) { bytes in
          if let sums = bytes.bindMemory(to: Float.self).baseAddress { ck_multiply_add_limit(rounds, sums) }
        }
      }
      return watch.elapsed
    }
    return 2 * Double(threads) * Double(rounds) * Double(CK_LIMIT_MULTIPLY_ADDS)
      / (seconds.min() ?? .infinity)
  }
}
