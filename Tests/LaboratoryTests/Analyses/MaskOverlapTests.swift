import CoppiceLaboratory
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import Foundation
import Testing

extension Running {
  @Suite struct MaskOverlapTests {
    private func plan() throws -> SweepPlan {
      try SweepPlan(
        Experiment(
          "test", question: "Do they agree?", base: Trial.tiny, analyses: [.maskOverlap]
        ) {
          Axis(\.criterion, [.magnitude, .random])
          Axis(\.sparsity, [0.5, 0.9])
          Axis(\.seed, 0..<2)
        }, library: Bench.library)
    }

    @Test func comparesEveryPairAtOneSparsity() throws {
      let (bench, plan) = (try Bench(), try plan())
      let report = try bench.run(plan)
      #expect(report.failures.isEmpty)
      let table = try #require(try SummaryFile.read(report.summary).analyses.first)
      #expect(table.name == "mask_overlap")
      func texts(_ name: String) -> [String] {
        guard case .texts(let values)? = table.columns.first(where: { $0.name == name })?.values else {
          return []
        }
        return values
      }
      func numbers(_ name: String) -> [Double] {
        guard case .numbers(let values)? = table.columns.first(where: { $0.name == name })?.values else {
          return []
        }
        return values
      }
      // Four trials at each of two sparsities make six pairs each.
      #expect(texts("trial_a").count == 12)
      // Every row by brute force from the trial files.
      for row in 0..<12 {
        let masks = try [texts("trial_a")[row], texts("trial_b")[row]].map { name in
          let trial = try #require(plan.trials.first { $0.name == name })
          return try #require(try bench.record(trial, of: plan).rounds[1].masks)
        }
        let (a, b) = (Self.survivors(masks[0]), Self.survivors(masks[1]))
        #expect(numbers("jaccard")[row] == Double(a.intersection(b).count) / Double(a.union(b).count))
        #expect(abs(numbers("density")[row] - Double(a.count) / 228) <= 0.5 / 228)
      }
      // Random masks of other seeds overlap about as chance has it.
      for row in 0..<12 where texts("pair")[row] == "random, one-shot with random, one-shot" {
        #expect(texts("seeds")[row] == "other seeds")
        #expect(abs(numbers("jaccard")[row] - numbers("chance")[row]) < 0.1)
      }
    }

    /// Where a share of a cost is asked for, no sparsity is.
    @Test func comparesPairsAtOneShareOfACost() throws {
      let plan = try SweepPlan(
        Experiment(
          "test", question: "Do they agree?",
          base: Trial.tiny.with { ($0.granularity, $0.target) = (.hiddenUnit, .flops) },
          analyses: [.maskOverlap]
        ) {
          Axis(\.criterion, [.magnitude, .random])
          Axis(\.sparsity, [0.3, 0.5])
        }, library: Bench.library)
      let bench = try Bench()
      let table = try #require(try SummaryFile.read(bench.run(plan).summary).analyses.first)
      // One pair at each of two shares.
      #expect(table.columns.first?.values.count == 2)
    }

    /// What an analysis reads may be gone while the trials are there: that costs time, and no answer.
    @Test func isMadeAgainWhereTheStagesAreGone() throws {
      let (bench, plan) = (try Bench(), try plan())
      let first = try SummaryFile.read(try bench.run(plan).summary).analyses
      try FileManager.default.removeItem(atPath: bench.results.stages.path)
      let report = try bench.run(plan)
      #expect(report.failures.isEmpty)
      #expect(try SummaryFile.read(report.summary).analyses == first && !first.isEmpty)
      // Nothing is left to do then.
      #expect(try bench.work(plan).reusedTrials == plan.trials.count)
    }

    /// Masks of one layer and random draws of the same counts: the mean of their index is what the chance column says.
    @Test func chanceIsWhatRandomMasksGive() throws {
      let shapes: [(String, Shape, Int)] = [("a", [40, 50], 500), ("b", [100], 80)]
      func draw(_ seed: UInt64) -> MaskSet {
        var random = RandomStream(seed: seed, stream: .generation)
        return MaskSet(
          shapes.map { name, shape, kept in
            var bytes = [UInt8](repeating: 0, count: shape.count)
            for place in random.permutation(shape.count).prefix(kept) { bytes[Int(place)] = 1 }
            return (name, Mask(shape, bytes))
          })
      }
      let stages = (0..<60).map { StageRecord(key: "\($0)", masks: [("masks", draw(UInt64($0)))]) }
      var rounds: [AnalysisRound] = []
      var records: [StageKey: StageRecord] = [:]
      for (index, record) in stages.enumerated() {
        var row = IndexRow(trial: "\(index)", seed: index, round: 1)
        (row.requestedSparsity, row.isFinal) = (0.5, true)
        let key = StageKey(.init("test", version: 1, [("index", .integer(index))]))
        records[key] = record
        rounds.append(AnalysisRound(row: row, masks: key, training: key))
      }
      let context = AnalysisContext(rounds: rounds) { [records] in try #require(records[$0]) }
      let table = try Analysis.maskOverlap.tables(context)[0]
      func numbers(_ name: String) -> [Double] {
        guard case .numbers(let values)? = table.columns.first(where: { $0.name == name })?.values else {
          return []
        }
        return values
      }
      let (jaccard, chance) = (numbers("jaccard"), numbers("chance"))
      // Each of many seeds is compared with the eight behind it.
      #expect(jaccard.count == 60 * 8 - 8 * 9 / 2)
      // So many that 1, 1, 7, 59 and all 60 masks are held.
      for bytes in [0, 2_100, 6 * 2_100 + 1, 59 * 2_100, 60 * 2_100 + 1] {
        #expect(try Analysis.maskOverlap(holding: bytes).tables(context).first == table)
      }
      #expect(Set(chance).count == 1)
      #expect(abs(jaccard.reduce(0, +) / Double(jaccard.count) - chance[0]) < 0.003)
    }

    @Test func isAStageThatIsNotMadeTwice() throws {
      let (bench, plan) = (try Bench(), try plan())
      let first = try bench.run(plan)
      let stages = bench.results.stages.paths().count
      let again = try bench.run(plan)
      #expect(bench.results.stages.paths().count == stages)
      #expect(try SummaryFile.read(first.summary).analyses == SummaryFile.read(again.summary).analyses)
    }

    private static func survivors(_ masks: MaskSet) -> Set<String> {
      Set(
        masks.flatMap { name, mask in
          mask.bytes.indices.filter { mask.bytes[$0] != 0 }.map { "\(name) \($0)" }
        })
    }
  }
}
