/// What a processor can do at most, and what that lets an operation attain: it can be no faster than its arithmetic, nor than the memory
/// it reads and writes. S. Williams, A. Waterman, D. Patterson, "Roofline: an insightful visual performance model for multicore
/// architectures", Communications of the ACM 52(4), 2009.
package struct Roofline: Hashable, Sendable {
  /// Memory as fast as it is for a working set of some size: a cache, or what lies behind it.
  package struct Level: Hashable, Sendable {
    /// Bytes of the working set.
    package let bytes: Int
    /// Bytes a second.
    package let bandwidth: Double

    package init(bytes: Int, bandwidth: Double) { (self.bytes, self.bandwidth) = (bytes, bandwidth) }
  }

  /// What keeps an operation from being faster.
  package enum Bound: Hashable, Sendable {
    case arithmetic
    /// The memory of this level.
    case memory(Level)
  }

  /// Floating-point operations a second.
  package let peak: Double
  /// From the smallest working set to the largest.
  package let levels: [Level]

  /// A processor of these limits.
  package init(peak: Double, levels: [Level]) { (self.peak, self.levels) = (peak, levels) }

  /// The working sets at which bandwidth is measured: what lies in the cache of a core, in that of the processor, and in neither.
  package static let workingSets = [256 << 10, 16 << 20, 128 << 20]

  /// This processor, on one thread. Takes `seconds` for each level, and the arithmetic some milliseconds.
  package static func measured(seconds: Double) -> Roofline {
    let (levels, peak) = MultiplyAddLimit.around(threads: 1) {
      workingSets.map { Level(bytes: $0, bandwidth: MemoryBandwidth.measure(bytes: $0, seconds: seconds)) }
    }
    return Roofline(peak: peak, levels: levels)
  }

  /// The fastest memory that so many bytes fit into; the largest where they fit into none.
  package func level(for bytes: Int) -> Level {
    levels.first { bytes <= $0.bytes } ?? levels.last ?? Level(bytes: .max, bandwidth: .infinity)
  }

  /// Seconds that an operation takes at the least.
  package func leastSeconds(flops: Int, bytes: Int) -> Double {
    max(Double(flops) / peak, Double(bytes) / level(for: bytes).bandwidth)
  }

  /// Which of its limits an operation meets first.
  package func bound(flops: Int, bytes: Int) -> Bound {
    let level = level(for: bytes)
    return Double(flops) / peak >= Double(bytes) / level.bandwidth ? .arithmetic : .memory(level)
  }
}
