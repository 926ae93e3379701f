import CKernels
import CoppiceAutodiff
import CoppiceLaboratory
import Synchronization

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
  /// once, or as many as the system gives: the best of ten short runs, some milliseconds in all.
  private static func measure(threads: Int) -> Double {
    let rounds = 200_000
    let line = Line(runs: 10)
    let others = (1..<max(1, threads)).compactMap { _ in
      WorkThread(stackSize: 1 << 20) { line.follow { multiply(rounds) } }
    }
    let seconds = line.lead(others.count) { multiply(rounds) }
    for thread in others { thread.join() }
    return 2 * Double(others.count + 1) * Double(rounds) * Double(CK_LIMIT_MULTIPLY_ADDS)
      / (seconds.min() ?? .infinity)
  }

  private static func multiply(_ rounds: Int) {
    var sums = SIMD16<Float>.zero
    withUnsafeMutableBytes(of: &sums) { bytes in
      if let sums = bytes.bindMemory(to: Float.self).baseAddress { ck_multiply_add_limit(rounds, sums) }
    }
  }
}

/// Threads that begin each of several runs together. They wait awake: falling asleep would take as long as a run.
private final class Line: Sendable {
  private let runs: Int
  private let begun = Atomic<Int>(0)
  private let ended = Atomic<Int>(0)

  init(runs: Int) { self.runs = runs }

  /// Takes part in every run that another thread leads.
  func follow(_ work: () -> Void) {
    for run in 1...runs {
      while begun.load(ordering: .acquiring) < run {}
      work()
      ended.add(1, ordering: .releasing)
    }
  }

  /// Leads so many others, and gives the seconds that each run took all of them.
  func lead(_ others: Int, _ work: () -> Void) -> [Double] {
    (1...runs).map { run in
      let watch = Stopwatch()
      begun.store(run, ordering: .releasing)
      work()
      while ended.load(ordering: .acquiring) < run * others {}
      return watch.elapsed
    }
  }
}
