import CoppiceLaboratory
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import CoppiceTerms
import Foundation
import Synchronization
import Testing

extension Running {
  @Suite struct LatencyTests {
    private static func plan(
      _ measurement: RoundMeasurement, _ change: (inout Trial) -> Void = { _ in }
    ) throws -> SweepPlan {
      try SweepPlan(
        .tiny.with {
          ($0.granularity, $0.measurement) = (.hiddenUnit, measurement)
          change(&$0)
        })
    }

    /// A measurement changes no result, shares all trainings, and is made once.
    @Test func measuringChangesNothingElse() throws {
      let (bench, plain) = (try Bench(), try Self.plan(.none))
      let measured = try Self.plan(.latency(threads: 1))
      try bench.run(plain)
      // Without the name of the trial, in which the measurement is.
      func digests(_ plan: SweepPlan) throws -> [String] {
        try bench.digests(plan).map { $0.split(separator: " ").dropFirst().joined(separator: " ") }
      }
      let expected = try digests(plain)
      // Of the dense network and of the pruned one.
      #expect(measured.stages.count { $0.work.runsAlone } == 2)
      #expect(try bench.work(measured).stages == 2)
      let rows = try bench.run(measured, jobs: 2).rows
      #expect(try digests(measured) == expected)
      #expect(try bench.work(measured).stages == 0)
      #expect(rows.allSatisfy { $0.processor == Provenance.processor && $0.kernels == KernelVariant.current })
      for row in rows {
        #expect(row[metric: .latencyThreads] == 1)
        for metric in [
          Metric.latencyDense, .latencySparse, .latencyCompacted, .latency64Dense, .latency64Compacted,
          .throughput, .latency,
        ] { #expect(row[metric: metric] > 0, "\(metric.name)") }
        #expect(row[metric: .latency] <= row[metric: .latencyDense])
        #expect(row[metric: .throughput] >= row[metric: .throughputDense])
      }
      let (dense, pruned) = (rows.filter { $0.density == 1 }, rows.filter { $0.density < 1 })
      #expect(
        !dense.isEmpty && dense.allSatisfy { $0[metric: .latencyCompacted] == $0[metric: .latencyDense] })
      #expect(dense.allSatisfy { $0[metric: .notFaster] == 0 })
      #expect(
        !pruned.isEmpty && pruned.allSatisfy { $0[metric: .latencyCompacted] != $0[metric: .latencyDense] })
      #expect(try bench.run(plain).rows.allSatisfy { $0[metric: .latency].isNaN && $0.processor.isEmpty })
    }

    /// What goes as a whole block is cut out as channels and hidden units are: the smaller network is timed, and not the whole one.
    @Test func aNetworkWithoutABlockHasATimeOfItsOwn() throws {
      let plan = try SweepPlan(
        .tiny.with {
          ($0.model, $0.dataset) = (.encoder(width: 8, heads: 2, layers: 2), .tinySentences)
          ($0.granularity, $0.target, $0.sparsity) = (.residualBlock, .units, 0.5)
          ($0.training, $0.retraining, $0.measurement) = (.iterations(0), .none, .latency(threads: 1))
        })
      let rows = try Bench().run(plan).rows.filter { $0.density < 1 }
      #expect(!rows.isEmpty)
      for row in rows {
        #expect(row[metric: .latencyCompacted] != row[metric: .latencyDense])
        #expect(row[metric: .parametersCompacted] < row[metric: .parameters])
      }
    }

    /// A dense network that is trained on has masks that keep all: what is left of it is the whole network.
    @Test func aDenseNetworkIsItsOwnCompactedForm() throws {
      let rows = try Bench().run(
        SweepPlan(.tiny.with { ($0.sparsity, $0.retraining) = (0, .fineTune(.iterations(2))) })
      ).rows
      #expect(!rows.isEmpty)
      #expect(rows.allSatisfy { $0[metric: .bytesCompacted] == $0[metric: .bytes] })
    }

    /// What a measurement depends on is in its key: the network, its masks, the machine.
    @Test func theMachineIsPartOfTheKey() throws {
      let plan = try Self.plan(.latency(threads: 1))
      let stage = try #require(plan.stages.lazy.compactMap { $0 as? LatencyStage }.first { $0.masks != nil })
      func key(_ machine: Machine, masks: StageKey?) -> StageKey {
        LatencyStage(stage.regimen, of: stage.network, masks: masks, on: machine).key
      }
      let machine = stage.machine
      #expect(key(machine, masks: stage.masks) == stage.key)
      let others = [
        key(Machine(processor: "other", kernels: machine.kernels, threads: 1), masks: stage.masks),
        key(Machine(processor: machine.processor, kernels: "other", threads: 1), masks: stage.masks),
        key(Machine(processor: machine.processor, kernels: machine.kernels, threads: 2), masks: stage.masks),
        key(machine, masks: nil),
      ]
      #expect(Set(others + [stage.key]).count == 5)
      #expect(stage.parents == [stage.network] + (stage.masks.map { [$0] } ?? []))
      // Those of the trial's other stages are what they were.
      let plain = try Self.plan(.none)
      #expect(plan.stages.filter { !$0.work.runsAlone }.map(\.key) == plain.stages.map(\.key))
      #expect(plan.ticket.key != plain.ticket.key)
    }

    /// A network that is never trained is measured like any other.
    @Test func withoutATrainingStep() throws {
      let bench = try Bench()
      let plan = try Self.plan(.latency(threads: 1)) {
        ($0.training, $0.retraining) = (.iterations(0), .none)
      }
      let report = try bench.run(plan)
      #expect(report.count(.completed) == plan.trials.count)
      #expect(report.rows.allSatisfy { $0[metric: .latency] > 0 && $0[metric: .trainingFlops] == 0 })
      // Nothing is trained for the estimate, and the measurements count.
      #expect(try plan.estimatedSeconds(jobs: 1, measuringFor: 0.01) > 0)
      let weights = plan.ticket.regimen.model.declarations.map { 4 * $0.shape.count }
      #expect(plan.memory(jobs: 1) >= weights.reduce(0, +))
    }

    /// An end that is asked for in a measurement loses nothing, and the same run goes on.
    @Test func whatWasMadeIsThereAfterAnEnd() throws {
      let (bench, plan) = (try Bench(), try Self.plan(.latency(threads: 1)))
      let interruption = Interruption()
      let trainings = plan.stages.count { !$0.work.runsAlone }
      let ended = Counter()
      let report = try bench.run(plan, interruption: interruption) { event in
        if case .ended = event, ended.next() == trainings { interruption.request() }
      }
      #expect(report.isInterrupted)
      #expect(try bench.work(plan).stages == 2)
      #expect(try bench.run(plan).count(.completed) == plan.trials.count)
    }

    /// A round that is measured still tells what was asked of it.
    @Test func whatATargetAsksForStays() throws {
      let plan = try Self.plan(.latency(threads: 1)) {
        ($0.model, $0.target, $0.sparsity) = (.mlp([100]), .flops, 0.5)
      }
      let rows = try Bench().run(plan).rows
      let row = try #require(rows.last { $0.density < 1 })
      #expect(abs(row[metric: .requestedShare] - 0.5) < 1e-9)
      #expect(abs(row[metric: .achievedShare] - 0.5) < 0.01)
    }

    /// A quantised network is timed as one of integers beside the forms of floats.
    @Test func aQuantisedNetworkHasAFormOfItsOwn() throws {
      let plan = try Self.plan(.latency(threads: 1)) {
        $0.recipe = Recipe([.train(), .quantise()])
        $0.sparsity = nil
      }
      let rows = try Bench().run(plan).rows
      let (float, codes) = (rows.filter { $0[metric: .bits].isNaN }, rows.filter { $0[metric: .bits] == 8 })
      #expect(!float.isEmpty && codes.count == 1)
      for metric in [
        Metric.latencyQuantised, .latency64Quantised, .latencyQuantisedSpread, .throughputQuantised,
      ] {
        #expect(float.allSatisfy { $0[metric: metric].isNaN })
        #expect(codes.allSatisfy { $0[metric: metric] >= 0 }, "\(metric.name)")
      }
      #expect(codes[0][metric: .latency] <= codes[0][metric: .latencyQuantised])
      // Ratios of runs in turn, and not of medians; the dense form is all of itself.
      #expect(float.allSatisfy { $0[metric: .latencyCompactedShare] == 1 && $0[metric: .latencyShare] == 1 })
      #expect(float.allSatisfy { $0[metric: .latencyQuantisedShare].isNaN })
      for metric in [Metric.latencyShare, .latencyQuantisedShare, .latency64QuantisedShare] {
        #expect(codes[0][metric: metric] > 0 && codes[0][metric: metric].isFinite, "\(metric.name)")
      }
    }

    @Test func sizesAreThoseOfTheNetwork() throws {
      let (bench, plan) = (try Bench(), try Self.plan(.none) { $0.model = .mlp([100]) })
      try bench.run(plan)
      let record = try bench.record(plan.ticket, of: plan)
      let (round, row) = (try #require(record.rounds.last), record.rounds[record.rounds.count - 1].row)
      let weights = try #require(round.weights)
      let count = weights.reduce(0) { $0 + $1.tensor.shape.count }
      #expect(row[metric: .bytes] == Double(4 * count))
      // By the definition, array by array.
      let sparse = weights.reduce(0) { sum, one in
        let (n, k) = (one.tensor.shape.count, round.masks?[one.name]?.keptCount ?? one.tensor.shape.count)
        return sum + min(4 * n, (n + 7) / 8 + 4 * k, 8 * k)
      }
      #expect(row[metric: .bytesSparse] == Double(sparse) && sparse < 4 * count)
      #expect(row[metric: .bytesCompressed] < Double(4 * count) && row[metric: .bytesCompressed] > 0)
      let dense = record.rounds[0].row
      #expect(row[metric: .bytesCompressed] < dense[metric: .bytesCompressed])
      #expect(row[metric: .activationBytes] == dense[metric: .activationBytes])
      #expect(row[metric: .activationBytesCompacted] < row[metric: .activationBytes])
      #expect(dense[metric: .activationBytesCompacted] == dense[metric: .activationBytes])
      // The summary tells the same as the file.
      let rows = try bench.run(plan).rows
      #expect(rows.contains { $0[metric: .bytesCompressed] == row[metric: .bytesCompressed] })
    }
  }
}

/// Counts calls from any thread.
private final class Counter: Sendable {
  private let count = Mutex(0)
  func next() -> Int {
    count.withLock {
      $0 += 1
      return $0
    }
  }
}
