import CoppiceTerms

/// How a run uses the processor. Stages side by side, each on one thread, make the most of its cores. Where fewer stages can run at a
/// time than there are cores, each of them gets several threads. Nor are there more than fit in memory. No result depends on it.
package struct Cores: Hashable, Sendable {
  /// Stages that run side by side.
  package let jobs: Int
  /// Threads that share each kernel of a stage.
  package let threads: Int

  /// The way for a plan; what was asked for is kept.
  ///
  /// - Parameter cores: how many the processor has.
  package init(_ plan: SweepPlan, cores: Int, jobs: Int? = nil, threads: Int? = nil) {
    let most = max(1, cores / max(1, threads ?? 1))
    let (data, stage) = plan.memoryParts
    let fitting = (MemoryLimit.current.bytes - data) / max(1, stage)
    self.jobs = jobs ?? max(1, min(most, fitting, plan.width))
    self.threads = threads ?? (jobs == nil ? max(1, cores / self.jobs) : 1)
  }
}

extension SweepPlan {
  /// How many trainings can run side by side if all take equally long: the most that have equally many trainings before them.
  package var width: Int {
    var depths: [StageKey: Int] = [:]
    var counts: [Int: Int] = [:]
    for stage in stages {
      let depth = stage.parents.compactMap { depths[$0] }.max() ?? 0
      depths[stage.key] = depth + (stage.steps > 0 ? 1 : 0)
      if stage.steps > 0 { counts[depth, default: 0] += 1 }
    }
    return counts.values.max() ?? 1
  }
}
