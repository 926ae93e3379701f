import CoppiceAutodiff
import CoppiceDatasets
import CoppiceLaboratory
import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTerms
import CoppiceTestSupport
import Foundation
import Testing

extension Running {
  /// Tables of seconds, and the prunings that are decided by them.
  @Suite struct LatencyTableTests {
    private func table(_ rows: [LatencyTable.Row], sums: [Double], network: [Double]) -> LatencyTable {
      LatencyTable(
        model: "m", interface: "i", batch: 1, threads: 1, processor: "p", kernels: "k", rows: rows,
        sums: sums,
        network: network)
    }

    @Test func secondsLieOnStraightLines() {
      let rows: [LatencyTable.Row] = [
        LatencyTable.Row(scope: "a", primitive: "affine", work: [100, 50, 200], seconds: [2, 1, 6]),
        // The second falls, and is taken as high as the first.
        LatencyTable.Row(scope: "b", primitive: "rectifier", work: [10, 20], seconds: [0.5, 0.25]),
      ]
      let table = table(rows, sums: [1.5, 2.5, 6.5], network: [3, 4, 8])
      // Sums of 6.5, 2.5 and 1.5 are measured; 4.5 is half way from 2.5 to 6.5; 0.5 is a third of the least. Beyond what was measured
      // operations take as long as the nearest.
      let expected: [(work: [Int], seconds: Double)] = [
        ([200, 20], 8), ([100, 10], 4), ([50, 10], 3), ([150, 15], 6), ([75, 10], 3.5), ([0, 10], 1),
        ([0, 0], 0), ([10, 5], 3), ([400, 90], 8),
      ]
      for (work, seconds) in expected {
        #expect(abs(table.seconds(work) - seconds) < 1e-12, "\(work)")
      }
    }

    @Test func whatIsWrittenIsReadAndNothingElse() throws {
      let folder = try TemporaryFolder()
      let tables = LatencyTables(folder.path + "/costs")
      let row = LatencyTable.Row(
        scope: "a \"b\"", primitive: "affine", work: [50, 100], seconds: [1e-7, 0.1 + 0.2])
      let one = table([row], sums: [0.25], network: [0.5])
      let path = try tables.write(one)
      #expect(path == "\(folder.path)/costs/\(one.digest).json" && one.digest.count == 64)
      for name in [one.digest, String(one.digest.prefix(8)), one.digest.uppercased()] {
        let read = try tables.table(name)
        #expect(read.text == one.text && read.rows == one.rows && read.digest == one.digest)
      }
      #expect(
        message { _ = try tables.table("00000000") }.contains(
          "there is no table of costs 00000000 in \(folder.path)"))
      let other = String(one.digest.prefix(8)) + String(repeating: "0", count: 56)
      try one.text.write(toFile: tables.path(other), atomically: true, encoding: .utf8)
      #expect(
        message { _ = try tables.table(String(one.digest.prefix(8))) }.contains(
          "is the beginning of 2 tables"))
      #expect(message { _ = try tables.table(other) }.contains("was changed after it was measured"))
      try (one.text + " ").write(toFile: path, atomically: true, encoding: .utf8)
      #expect(message { _ = try tables.table(one.digest) }.contains("was changed after it was measured"))
    }

    /// Seconds that are the work of each operation, so that no clock has a part in the test.
    private func counted(_ network: Network, batch: Int) throws -> LatencyTable {
      let work = CompactedWork(try network.forward(batch: batch, isTraining: false))
      let amounts = try work.work(keeping: KeptAxes([]))
      let sum = Double(amounts.reduce(0, +)) * 1e-9
      var rows: [LatencyTable.Row] = []
      for (operation, amount) in zip(work.operations, amounts) {
        rows.append(
          LatencyTable.Row(
            scope: operation.scope, primitive: operation.primitive, work: [0, amount],
            seconds: [0, Double(amount) * 1e-9]))
      }
      return LatencyTable(
        model: network.model.specification.description,
        interface: network.interface.specification.description, batch: batch, threads: 1, processor: "p",
        kernels: "k", rows: rows, sums: [0, sum], network: [0, 2 * sum])
    }

    @Test func aSweepIsPrunedToSeconds() throws {
      let bench = try Bench()
      let library = DataLibrary(DataFolders([]), tables: bench.results.costs)
      let base = Trial.families[2].with {
        ($0.granularity, $0.control) = (.channel, .none)
        ($0.schedule, $0.sparsity, $0.retraining) = (.oneShot, 0.4, .fineTune(.iterations(2)))
      }
      let network = try TrialPlan(base, library).regimen.model
      let table = try counted(network, batch: 2)
      _ = try LatencyTables(bench.results.costs).write(table)
      func plan(_ target: CostTarget, _ sparsity: Double? = nil) throws -> SweepPlan {
        try SweepPlan(
          Experiment(
            "test", question: "Is it fast?",
            base: base.with { ($0.target, $0.sparsity) = (target, sparsity) }
          ) { SweepStep { $0 } },
          library: library)
      }
      let share = try plan(.latency(batch: 2, table: table.digest), 0.4)
      try bench.run(share)
      let row = try #require(try bench.record(share.ticket, of: share).rounds.last).row
      let whole = table.network[1]
      #expect(abs(row[metric: .requestedCost] - 0.6 * whole) < 1e-15)
      // A channel of three or four is at most a third.
      #expect(abs(row[metric: .achievedShare] - 0.4) < 0.17)
      let most = try plan(.latency(atMost: 0.5 * whole, batch: 2, table: String(table.digest.prefix(12))))
      try bench.run(most, isForced: true)
      let under = try #require(try bench.record(most.ticket, of: most).rounds.last).row
      #expect(under[metric: .achievedCost] <= 0.5 * whole && under[metric: .achievedCost] > 0.2 * whole)
      // The table is part of the key, wherever it lies and however much of its digest is written.
      let same = try plan(.latency(atMost: 0.5 * whole, batch: 2, table: table.digest))
      #expect(same.stages.map(\.key) == most.stages.map(\.key))
      #expect(message { _ = try plan(.latency(batch: 1, table: table.digest), 0.4) }.contains("set batch: 2"))
      let other = base.with {
        ($0.model, $0.target) = (.resnet([3, 5], blocks: 1), .latency(batch: 2, table: table.digest))
      }
      #expect(message { _ = try TrialPlan(other, library) }.contains("the trial's network is resnet"))
    }

    @Test func aNetworkIsMeasured() throws {
      let network = try TrialPlan(Trial.families[2], Bench.library).regimen.model
      let table = try LatencyTable(measuring: network, batch: 1, threads: 1, seconds: 1e-5)
      let work = CompactedWork(try network.forward(batch: 1, isTraining: false))
      #expect(table.rows.map(\.primitive) == work.operations.map(\.primitive))
      #expect(table.rows.contains { $0.scope.hasSuffix("conv1") && $0.work.count > 1 })
      #expect(table.network.allSatisfy { $0 > 0 } && table.network == table.network.sorted())
      let amounts = try work.work(keeping: KeptAxes([]))
      #expect(zip(table.rows, amounts).allSatisfy { $0.work.last == $1 })
      let whole = try #require(table.network.last)
      #expect(abs(table.seconds(amounts) - whole) <= 1e-9 * whole)
      #expect(try #require(LatencyTable(text: table.text)).text == table.text)
    }
  }
}
