import CoppiceLaboratory
import CoppicePruning
import CoppiceTensors
import Testing

extension Running {
  /// On which batches evidence is measured, and that the measurement can be stopped between them.
  @Suite struct EvidenceStageTests {
    private func squares(ofBatches batches: Int) throws -> [Float] {
      let bench = try Bench()
      let plan = try SweepPlan(
        Trial.tiny.with {
          ($0.criterion, $0.allocation) = (.wanda, .rowWise())
          ($0.scoringBatch, $0.scoringBatches) = (20, batches)
        })
      try bench.run(plan)
      let stage = try #require(plan.stages.first { $0 is EvidenceStage })
      let record = try #require(try bench.results.stages.read(stage.key.hexadecimal))
      return try #require(record[parameters: "evidence"]?["fc1.weight"]).scalars
    }

    /// 200 examples are 10 batches of 20. What is asked for beyond them comes from a second pass, in another order: a sum over
    /// two whole passes is twice that over one, whatever the order.
    @Test func moreBatchesThanAPassHasComeFromTheNext() throws {
      let (pass, half, two) = (
        try squares(ofBatches: 10), try squares(ofBatches: 15), try squares(ofBatches: 20)
      )
      #expect(zip(two, pass).allSatisfy { abs($0 / $1 - 2) < 1e-5 })
      #expect(zip(half, pass).allSatisfy { $0 > $1 } && zip(half, two).allSatisfy { $0 < $1 })
      let first = try squares(ofBatches: 5)
      #expect(zip(zip(half, pass), first).contains { abs($0.0 - $0.1 - $1) > 1e-3 }, "the order is the same")
    }

    private struct Enough: Error {}

    /// Evidence by example is asked before each of 20 examples of 6 batches.
    @Test(arguments: [(Evidence.gradients, 6), (.squaredGradients, 120)])
    func itCanBeStoppedBeforeEveryPart(evidence: Evidence, parts: Int) throws {
      let regimen = try SweepPlan(.tiny).ticket.regimen
      let data = ScoringData(batch: 20, count: 6)
      func asked(endingAt last: Int) throws -> Int {
        var asked = 0
        _ = try data.measure(
          evidence, regimen, try regimen.initialParameters(draw: 0), regimen.model.initialBuffers, masks: nil,
          threads: 1,
          check: {
            asked += 1
            if asked == last { throw Enough() }
          }, given: { _ in ParameterSet() })
        return asked
      }
      #expect(try asked(endingAt: .max) == parts)
      for last in [1, 2, parts] { #expect(throws: Enough.self) { try asked(endingAt: last) } }
    }

    /// An end that is asked for while evidence is measured is not waited for until the last batch.
    @Test func aStoppedMeasurementLeavesNothingAndIsMadeAgain() throws {
      func plan(_ alarm: InterruptionTests.Alarm? = nil) throws -> SweepPlan {
        let watched = Evidence("watched", version: 1, combine: .mean) { trace in
          alarm?.tick()
          return trace.weightGradients
        }
        let criterion = Criterion("watched", version: 1, needs: .evidence(watched)) { context in
          try context.scoreEach(from: watched) { abs($0 * $1) }
        }
        return try SweepPlan(
          Trial.tiny.with { ($0.criterion, $0.scoringBatch, $0.scoringBatches) = (criterion, 20, 6) })
      }
      let (reference, bench) = (try Bench(), try Bench())
      try reference.run(try plan())
      // The plan traces the evidence once, and the measurement again.
      let alarm = InterruptionTests.Alarm(after: 2)
      let stopped = try plan(alarm)
      #expect(try bench.run(stopped, interruption: alarm.interruption).isInterrupted)
      let evidence = try #require(stopped.stages.first { $0 is EvidenceStage }).key.hexadecimal
      #expect(try bench.results.stages.read(evidence) == nil)
      try bench.run(try plan())
      #expect(try bench.results.stages.read(evidence) != nil)
      #expect(try bench.digests(try plan()) == reference.digests(try plan()))
    }
  }
}
