import CoppiceLaboratory
import CoppiceStore
import CoppiceTerms
import Synchronization
import Testing

@Suite struct RunStandingTests {
  @Test func goesByTimeAndCountsEvaluations() {
    var standing = RunStanding()
    standing.take(.began(stages: 2, steps: 60, evaluations: 8, reusedStages: 0, reusedTrials: 1, trials: 4))
    #expect(standing.share(after: 5) == 0, "nothing is known yet")
    standing.take(.failedBefore([("c", "no")]))
    #expect(standing.finishedTrials == 2)
    var progress = StageProgress()
    (progress.evaluations, progress.total) = (1, 30)
    standing.take(.progress(stage: 4, trial: "b", progress, remaining: nil))
    #expect(standing.activities == [.init(trial: "b", step: 0, total: 30)])
    (progress.steps, progress.step, progress.loss) = (20, 20, 0.5)
    standing.take(.progress(stage: 2, trial: "a", progress, remaining: 30))
    // A share of the steps would be 20 of 60.
    #expect(standing.share(after: 10) == 0.25)
    #expect(
      standing.activities == [
        .init(trial: "a", step: 20, total: 30, loss: 0.5), .init(trial: "b", step: 0, total: 30),
      ])
    progress.loss = nil
    standing.take(.progress(stage: 2, trial: "a", progress, remaining: 20))
    #expect(standing.activities[0].loss == 0.5 && standing.evaluations == 3)
    standing.take(.ended(stage: 2))
    standing.take(.finished(trial: "a", status: .completed, row: nil))
    standing.take(.failed(trial: "b", message: ""))
    #expect(standing.activities.map(\.trial) == ["b"])
    #expect((standing.finishedTrials, standing.trials) == (4, 4))
    #expect((standing.evaluations, standing.totalEvaluations) == (3, 8))
  }
}

extension Running {
  @Suite struct RunStandingTests {
    /// What a run tells adds up to what it said it would do, whichever trials share stages.
    @Test func whatIsToldAddsUp() throws {
      let bench = try Bench()
      let told = Mutex((standing: RunStanding(), steps: 0, total: 0, losses: 0, trials: Set<String>()))
      let plan = try SweepPlan(
        Trial.tiny.with {
          $0.schedule = .lotteryTicket(rounds: 2); $0.sparsity = nil
        })
      _ = try bench.run(plan) { event in
        told.withLock { told in
          told.standing.take(event)
          if case .began(_, let steps, _, _, _, _) = event { told.total = steps }
          guard case .progress(_, let trial, let progress, _) = event else { return }
          told.steps += progress.steps
          told.trials.insert(trial)
          if let loss = progress.loss, loss > 0, loss < 10 { told.losses += 1 }
        }
      }
      told.withLock { told in
        #expect(told.steps == told.total && told.total > 0)
        #expect(told.standing.evaluations == told.standing.totalEvaluations && told.standing.evaluations > 0)
        #expect(told.losses > 0 && told.trials.isSubset(of: plan.trials.map(\.name)))
        #expect(told.standing.activities.isEmpty && told.standing.finishedTrials == plan.trials.count)
      }
    }
  }
}
