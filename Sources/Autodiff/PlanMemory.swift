import Foundation

/// The memory a plan runs in.
///
/// `@unchecked Sendable`: threads of one team share it, each writing only the slices its kernel range names, with the end of
/// a phase between a write and any read by another thread.
package final class PlanMemory: @unchecked Sendable {
  private let leaves: UnsafeMutableRawPointer
  private let arena: UnsafeMutableRawPointer
  private var scratch: UnsafeMutablePointer<Float>
  private var scratchStride: Int

  package init(_ plan: Plan, threads: Int) {
    leaves = Self.zeros(plan.leafSize)
    arena = Self.zeros(plan.arenaSize)
    (scratchStride, scratch) = Self.scratch(plan.scratch, threads: threads)
  }

  private static func scratch(_ floats: Int, threads: Int) -> (Int, UnsafeMutablePointer<Float>) {
    let stride = (floats + 31) & ~15
    return (stride, zeros(stride * threads * 4).assumingMemoryBound(to: Float.self))
  }

  /// Makes room for more scratch memory, while nothing runs.
  func reserveScratch(_ floats: Int, threads: Int) {
    guard (floats + 31) & ~15 > scratchStride else { return }
    UnsafeMutableRawPointer(scratch).deallocate()
    (scratchStride, scratch) = Self.scratch(floats, threads: threads)
  }

  /// Zeroed memory in whole large pages where the system has them: kernels walk columns of matrices, a page a step, and with
  /// pages of 4 KiB spend up to a quarter of their time on finding them.
  private static func zeros(_ size: Int) -> UnsafeMutableRawPointer {
    let page = size >= 1 << 19 ? 1 << 21 : 64
    let count = (max(size, 1) + page - 1) / page * page
    let memory = UnsafeMutableRawPointer.allocate(byteCount: count, alignment: page)
    #if os(Linux)
      if page > 64 { madvise(memory, count, Int32(MADV_HUGEPAGE)) }
    #endif
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: count)
    return memory
  }

  deinit {
    leaves.deallocate()
    arena.deallocate()
    UnsafeMutableRawPointer(scratch).deallocate()
  }

  package func address(_ location: Plan.Location) -> UnsafeMutableRawPointer {
    switch location {
    case .leaf(let offset): leaves + offset
    case .arena(let offset): arena + offset
    }
  }

  func scratch(thread: Int) -> UnsafeMutablePointer<Float> { scratch + thread * scratchStride }

  func fill(_ location: Plan.Location, count: Int, _ value: Float) {
    address(location).assumingMemoryBound(to: Float.self).update(repeating: value, count: count)
  }
}
