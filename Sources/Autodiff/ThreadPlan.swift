/// Who runs each step of a plan, and where threads wait for one another. They wait before a step that reads or writes what another
/// thread has written since the last wait, and before one that writes what another thread has read. Small steps that do not depend
/// on each other run side by side.
enum ThreadPlan {
  struct Assignment {
    /// The thread that runs the step alone; `nil` where all share it.
    let owner: Int?
    /// Whether all threads meet before the step.
    let waitsBefore: Bool
  }

  /// Below this much work a step runs on one thread: handing it over would cost more than it saves.
  static let leastSharedWork = 8192

  /// Memory that a step touches.
  private struct Access {
    let isLeaf: Bool
    let bytes: Range<Int>
    let writes: Bool
    /// The thread that does so; `nil` for all.
    let thread: Int?

    func conflicts(with other: Access) -> Bool {
      (writes || other.writes) && isLeaf == other.isLeaf && bytes.overlaps(other.bytes)
    }
  }

  /// An assignment for each step of the plan.
  static func assignments(_ plan: Plan, threads: Int, leastSharedWork: Int) -> [Assignment] {
    guard threads > 1 else { return plan.steps.map { _ in Assignment(owner: 0, waitsBefore: false) } }
    var accesses: [Access] = []
    var loads = [Int](repeating: 0, count: threads)
    return plan.steps.map { step in
      let isShared = step.kernel.units > 1 && step.work >= leastSharedWork
      let touched = touched(by: step, plan)
      let conflicts = accesses.filter { old in touched.contains { $0.conflicts(with: old) } }
      var owner = isShared ? nil : conflicts.first.map(\.thread) ?? loads.firstIndex(of: loads.min() ?? 0)
      let waits = !conflicts.isEmpty && (owner == nil || conflicts.contains { $0.thread != owner })
      if waits {
        accesses = []
        loads = loads.map { _ in 0 }
        owner = isShared ? nil : 0
      }
      if let owner { loads[owner] += step.work }
      accesses += touched.map { Access(isLeaf: $0.isLeaf, bytes: $0.bytes, writes: $0.writes, thread: owner) }
      return Assignment(owner: owner, waitsBefore: waits)
    }
  }

  private static func touched(by step: Plan.Step, _ plan: Plan) -> [Access] {
    let signature = plan.graph.signature(of: step.node)
    return zip(step.operands, signature.inputs + signature.outputs).enumerated().map { index, operand in
      let (location, type) = operand
      let (isLeaf, offset) =
        switch location {
        case .leaf(let offset): (true, offset)
        case .arena(let offset): (false, offset)
        }
      return Access(
        isLeaf: isLeaf, bytes: offset..<offset + type.size, writes: index >= step.inputCount, thread: nil)
    }
  }
}
