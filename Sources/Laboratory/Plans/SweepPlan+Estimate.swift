extension SweepPlan {
  /// About how long the sweep takes, from a few steps and evaluations of each kind of training run now (`StageTimes`).
  ///
  /// - Parameters:
  ///   - jobs: stages that run side by side.
  ///   - threads: threads that share each kernel.
  ///   - seconds: how long the measurements take, about.
  package func estimatedSeconds(
    jobs: Int, threads: Int = 1, measuringFor seconds: Double = 0.8
  ) throws -> Double {
    estimatedSeconds(try StageTimes(stages, threads: threads, measuringFor: seconds), jobs: jobs)
  }

  /// About how long the sweep takes where its stages take so long.
  ///
  /// A stage cannot begin before those it builds on, so that no number of jobs makes the sweep shorter than its longest chain.
  package func estimatedSeconds(_ times: StageTimes, jobs: Int) -> Double {
    let made = Set(self.stages.made.map(\.key))
    var (total, longest, alone) = (0.0, 0.0, 0.0)
    var ends: [StageKey: Double] = [:]
    for stage in stages {
      let duration = times[stage]
      // Nothing else is done meanwhile, so that more jobs make it no shorter.
      if stage.work.runsAlone {
        alone += duration
        continue
      }
      let end = (stage.parents.compactMap { ends[$0] }.max() ?? 0) + duration
      ends[stage.key] = end
      if made.contains(stage.key) { total += duration }
      longest = max(longest, end)
    }
    return max(total / Double(max(1, jobs)), longest) + alone
  }
}
