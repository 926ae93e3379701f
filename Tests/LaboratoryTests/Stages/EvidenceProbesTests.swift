import CoppiceLaboratory
import CoppiceNetworks
import CoppicePruning
import CoppiceTensors
import Synchronization
import Testing

extension Running {
  /// Evidence that is measured again and again is traced once.
  @Suite struct EvidenceProbesTests {
    private final class Count: Sendable { let number = Mutex(0) }

    /// The gradients, and how often they were traced.
    private func counted(_ count: Count) -> Evidence {
      Evidence("counted", version: 1, combine: .mean) { trace in
        count.number.withLock { $0 += 1 }
        return trace.weightGradients
      }
    }

    @Test func aCriterionInRoundsTracesOnceBeforeAndOnceForAll() throws {
      func traces(rounds: Int) throws -> Int {
        let count = Count()
        let evidence = counted(count)
        let criterion = Criterion(
          "counted", version: 1, rounds: rounds, needs: .evidence(evidence)
        ) { context in try context.scoreEach(from: evidence) { abs($0 * $1) } }
        let plan = try SweepPlan(Trial.tiny.with { ($0.criterion, $0.scoringBatch) = (criterion, 20) })
        try Bench().run(plan)
        return count.number.withLock { $0 }
      }
      // The plan, the stage of the evidence, and the pruning where it measures again.
      #expect(try traces(rounds: 1) == 2)
      #expect(try traces(rounds: 2) == 3)
      #expect(try traces(rounds: 9) == 3)
    }

    /// Whatever was measured before, and in parts of another size.
    @Test func whatWasMeasuredBeforeChangesNothing() throws {
      let network = try Network(.mlp([5]), .images([1, 2, 3], classes: 3))
      let (one, other) = (network.initialParameters(seed: 1), network.initialParameters(seed: 2))
      func measure(_ probes: EvidenceProbes, _ weights: ParameterSet, batch: Int) throws -> ParameterSet {
        try probes.measure(
          .gradients, weights, ParameterSet(), masks: nil, batch: batch, parts: 2
        ) { part, inputs, labels in
          guard case .numbers(let numbers) = inputs else { return }
          for index in numbers.indices { numbers[index] = Float((index * 7 + part) % 5) - 2 }
          for index in labels.indices { labels[index] = Int32((index + part) % 3) }
        }
      }
      let used = EvidenceProbes(network)
      let first = try measure(used, other, batch: 4)
      _ = try measure(used, other, batch: 3)
      let again = try measure(used, one, batch: 4)
      #expect(again.hasSameBits(as: try measure(EvidenceProbes(network), one, batch: 4)))
      #expect(!again.hasSameBits(as: first))
      #expect(try measure(used, other, batch: 4).hasSameBits(as: first))
    }
  }
}
