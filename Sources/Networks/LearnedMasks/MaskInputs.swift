import CoppiceAutodiff

/// The numbers of a learned mask, or of another rewrite, at one step, as its network's leaves read them.
package struct MaskInputs: Hashable, Sendable {
  private var scalars: [String: Float] = [:]
  private var counts: [String: Int32] = [:]

  /// The numbers of a moment.
  ///
  /// - Parameter survivors: how many weights of each pool survive then.
  package init(_ mask: LearnedMask, at moment: MaskMoment, survivors: [Int] = []) throws {
    for schedule in mask.schedules {
      scalars[MaskTrace.leaf(schedule.name)] = Float(try schedule.value(moment))
    }
    for (pool, count) in survivors.enumerated() {
      counts[MaskTrace.keptLeaf(pool)] = Int32(clamping: count)
    }
  }

  /// Numbers by the leaves that read them.
  init(_ scalars: [String: Float]) { self.scalars = scalars }

  func write(to executor: Executor) {
    for (leaf, number) in scalars where executor.hasLeaf(leaf) { executor.write(leaf, [number]) }
    for (leaf, number) in counts where executor.hasLeaf(leaf) { executor.write(leaf, integers: [number]) }
  }
}
