/// Who runs each step of a plan, and where threads wait for one another: phases, and in each a share for every thread. The shares
/// of a phase do not depend on each other; a phase begins when all shares of the one before it are done. A new phase begins before
/// a step that reads or writes what another thread has written in this one, and before one that writes what another has read.
///
/// How many threads take part, and in which steps, follows from the estimated work alone: what is gained must be worth the
/// handing over. Bits do not depend on any of it.
package struct ThreadPlan: Hashable, Sendable {
  /// A range of the units of a step.
  package struct Part: Hashable, Sendable {
    package let step: Int
    package let units: Range<Int>
  }

  /// The parts of each share, in the order of the steps.
  package typealias Phase = [[Part]]

  /// How many threads take part.
  package let threads: Int
  package let phases: [Phase]
  /// The estimated work of the busiest thread, with what handing over costs.
  package let time: Int

  /// What handing work over to another thread costs, in the operations of `Plan.Step.work`: from 1 to 2 microseconds. Measured with
  /// batches of one example, whose arrays wander from one core's cache to the other's.
  package static let handover = 32768

  /// The plan with the least estimated time, with fewer threads where more would gain less than an eighth: estimates are not closer than
  /// that.
  ///
  /// - Parameters:
  ///   - threads: the most threads that may take part.
  ///   - handover: what handing over costs; for 0, all threads take part in every step that has units for them.
  package init(_ plan: Plan, threads: Int, handover: Int = Self.handover) {
    var best = ThreadPlan(plan, exactly: 1, handover: handover, isSideBySide: false)
    var count = 1
    while count < threads {
      count = min(threads, 2 * count)
      for isSideBySide in [false, true] {
        let other = ThreadPlan(plan, exactly: count, handover: handover, isSideBySide: isSideBySide)
        if 9 * other.time < 8 * best.time || handover == 0 { best = other }
      }
    }
    self = best
  }

  /// - Parameter isSideBySide: whether small steps that do not depend on each other run on different threads.
  private init(_ plan: Plan, exactly threads: Int, handover: Int, isSideBySide: Bool) {
    self.threads = threads
    var accesses: [Access] = []
    var loads = [Int](repeating: 0, count: threads)
    var phase = Phase(repeating: [], count: threads)
    var phases: [Phase] = []
    var time = 0
    func finish() {
      guard phase.contains(where: { !$0.isEmpty }) else { return }
      time += (loads.max() ?? 0) + (phase.count { !$0.isEmpty } > 1 ? handover : 0)
      phases.append(phase)
      accesses = []
      loads = [Int](repeating: 0, count: threads)
      phase = Phase(repeating: [], count: threads)
    }
    for (index, step) in plan.steps.enumerated() {
      let units = step.kernel.units
      // No more threads than the work is worth.
      let count = min(threads, units, handover == 0 ? threads : step.work / handover)
      let isShared = count > 1
      let touched = Access.touched(by: step, plan)
      let conflicts = accesses.filter { old in touched.contains { $0.conflicts(with: old) } }
      let idlest = isSideBySide ? loads.firstIndex(of: loads.min() ?? 0) : 0
      var owner = isShared ? nil : conflicts.first.map(\.thread) ?? idlest
      if !conflicts.isEmpty && (owner == nil || conflicts.contains { $0.thread != owner }) {
        finish()
        owner = isShared ? nil : 0
      }
      if let owner {
        phase[owner].append(Part(step: index, units: 0..<units))
        loads[owner] += step.work
      } else {
        for thread in 0..<count {
          let share = units * thread / count..<units * (thread + 1) / count
          phase[thread].append(Part(step: index, units: share))
          loads[thread] += step.work * share.count / units
        }
      }
      accesses += touched.map { $0.by(owner) }
    }
    finish()
    (self.phases, self.time) = (phases, time)
  }
}

/// Memory that a step touches.
private struct Access {
  let isLeaf: Bool
  let bytes: Range<Int>
  let writes: Bool
  /// The thread that does so; `nil` for all.
  var thread: Int?

  func conflicts(with other: Access) -> Bool {
    (writes || other.writes) && isLeaf == other.isLeaf && bytes.overlaps(other.bytes)
  }

  func by(_ thread: Int?) -> Access {
    var access = self
    access.thread = thread
    return access
  }

  static func touched(by step: Plan.Step, _ plan: Plan) -> [Access] {
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
