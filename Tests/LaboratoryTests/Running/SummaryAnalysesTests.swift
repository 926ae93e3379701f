import CoppiceHDF5
import CoppiceLaboratory
import CoppicePruning
import CoppiceStore
import CoppiceTerms
import Foundation
import Testing

extension Running {
  @Suite struct SummaryAnalysesTests {
    private func plan(_ analyses: [Analysis] = []) throws -> SweepPlan {
      try SweepPlan(
        Experiment("test", question: "Do they agree?", base: Trial.tiny, analyses: analyses) {
          Axis(\.criterion, [.magnitude, .random])
          Axis(\.seed, 0..<2)
        }, library: Bench.library)
    }

    private func analyses(_ bench: Bench) throws -> SummaryAnalyses {
      try SummaryAnalyses(
        of: bench.results.summary(of: "test"), "test", in: bench.results, library: Bench.library)
    }

    /// What `run` would have found, from the stages it left, and the answer is a stage that both share.
    @Test func findsWhatARunFinds() throws {
      let (bench, whole) = (try Bench(), try Bench())
      let expected = try SummaryFile.read(
        try whole.run(try plan([.maskOverlap, .layerSensitivity])).summary)
      let report = try bench.run(try plan())
      let before = try SummaryFile.read(report.summary)
      #expect(before.analyses.isEmpty)
      let answers = try #require(try analyses(bench).run([.maskOverlap, .layerSensitivity]))
      let after = try SummaryFile.read(report.summary)
      #expect(after.analyses == expected.analyses && answers.flatMap(\.tables) == expected.analyses)
      #expect(after.rows == before.rows && after.configuration == before.configuration)
      #expect(after.curves == before.curves)
      // Nothing is made again, by itself or by a run.
      let stages = bench.results.stages.paths()
      #expect(try analyses(bench).outline([.maskOverlap, .layerSensitivity]).allSatisfy(\.isStored))
      let bytes = try Data(contentsOf: URL(fileURLWithPath: report.summary))
      _ = try analyses(bench).run([.maskOverlap])
      #expect(try Data(contentsOf: URL(fileURLWithPath: report.summary)) == bytes)
      let again = try bench.run(try plan([.maskOverlap, .layerSensitivity]))
      #expect(bench.results.stages.paths() == stages && again.failures.isEmpty)
      #expect(try SummaryFile.read(report.summary).analyses == expected.analyses)
    }

    /// All else in the file keeps its bytes, and tables that are there stay beside the new ones.
    @Test func onlyTheTablesAreNew() throws {
      let bench = try Bench()
      let summary = try bench.run(try plan([.maskOverlap])).summary
      func contents() throws -> [String: [Double]] {
        let root = try HDF5File(summary).root
        var found: [String: [Double]] = [:]
        for name in ["cube", "dense"] where try root.contains(name) {
          for member in try root.group(name).names() {
            if let values: [Double] = try? root.dataset("\(name)/\(member)").read() {
              found["\(name)/\(member)"] = values.map { $0.isNaN ? -1 : $0 }
            }
          }
        }
        return found
      }
      let before = try (contents(), SummaryFile.read(summary))
      #expect(!before.0.isEmpty)
      _ = try analyses(bench).run([.deadUnits])
      let after = try (contents(), SummaryFile.read(summary))
      #expect(after.0 == before.0 && after.1.rows == before.1.rows)
      #expect(
        after.1.analyses.map(\.name)
          == ["mask_overlap", "mask_overlap_matrix", "dead_units", "effective_sparsity"])
      #expect(Array(after.1.analyses.prefix(2)) == before.1.analyses)
      #expect(after.1.provenance == before.1.provenance)
    }

    @Test func whereStagesAreGoneTrialFilesAreRead() throws {
      let bench = try Bench()
      let asked: [Analysis] = [.maskOverlap, .layerStatistics, .deadUnits, .layerSensitivity, .inputDegrees]
      let summary = try bench.run(try plan()).summary
      let expected = try #require(try analyses(bench).run(asked)).flatMap(\.tables)
      try FileManager.default.removeItem(atPath: bench.results.stages.path)
      let found = try analyses(bench)
      #expect(found.stored.leftOut.isEmpty && found.stored.unplanned.isEmpty)
      let tables = try #require(try found.run(asked)).flatMap(\.tables)
      #expect(zip(tables, expected).allSatisfy { $0.hasSameBits(as: $1) } && tables.count == expected.count)
      _ = summary
    }

    /// What is neither in a stage nor in a file is told, in the table too; where nothing is left there is nothing to ask.
    @Test func whatIsGoneIsTold() throws {
      let (bench, plan) = (try Bench(), try plan())
      try bench.run(plan)
      try FileManager.default.removeItem(atPath: bench.results.stages.path)
      let gone = try #require(plan.trials.last)
      try FileManager.default.removeItem(atPath: bench.file(gone, of: plan))
      let found = try analyses(bench)
      #expect(found.stored.leftOut.map(\.trial) == [gone.name, gone.name])
      #expect(found.stored.leftOut.allSatisfy { $0.reason.contains("so is its trial file") })
      let table = try #require(try found.run([.maskOverlap])?.first?.tables.first)
      #expect(
        table.description.hasSuffix(
          "2 of 12 rounds take no part, because their networks are not stored any more."))
      for trial in plan.trials.dropLast() {
        try FileManager.default.removeItem(atPath: bench.file(trial, of: plan))
      }
      let error = #expect(throws: AnalysesError.self) { try analyses(bench) }
      #expect(error?.exitCode == .inputMissing && "\(error as Any)".contains("run test"))
    }

    /// A file of another version of the numerics holds its own networks, which are no outputs of stages that are planned now.
    @Test func networksOfAnotherVersionHaveAnIdentityOfTheirOwn() throws {
      let (bench, plan) = (try Bench(), try plan())
      let summary = try bench.run(plan).summary
      let expected = try #require(try analyses(bench).run([.maskOverlap, .layerStatistics])).flatMap(\.tables)
      // As if keys had been others when it was run.
      var stored = try SummaryFile.read(summary)
      for trial in plan.trials {
        let name = String(trial.name.dropLast(8)) + "00000000"
        var record = try bench.record(trial, of: plan)
        (record.trial, record.key) = (name, String(repeating: "0", count: 56) + trial.key.short)
        try TrialFile.write(record, to: bench.results.trial(name, of: "test"))
        for place in stored.rows.indices where stored.rows[place].trial == trial.name {
          stored.rows[place].trial = name
        }
        stored.configuration = stored.configuration.replacing(trial.name, with: name)
      }
      stored.analyses = []
      try SummaryFile.write(stored, to: summary, replacing: true)
      let found = try analyses(bench)
      let own = Set(found.stored.rounds.map(\.training))
      let planned = Set(plan.trials.flatMap { $0.rounds.flatMap(\.keys) })
      #expect(own.isDisjoint(with: planned) && found.stored.leftOut.isEmpty)
      let tables = try #require(try found.run([.maskOverlap, .layerStatistics])).flatMap(\.tables)
      #expect(tables.map(\.rowCount) == expected.map(\.rowCount))
      #expect(tables[0].numbers("jaccard") == expected[0].numbers("jaccard"))
      #expect(tables[2].numbers("flipped") == expected[2].numbers("flipped"))
    }

    @Test func aSummaryThatIsBeingWrittenIsRefused() throws {
      let bench = try Bench()
      try bench.run(try plan())
      let lease = RunLease(in: bench.results, of: "test")
      let error = #expect(throws: AnalysesError.self) { try analyses(bench) }
      #expect(error?.exitCode == .tryAgain && "\(error as Any)".contains("at work"))
      lease.end()
      #expect(try analyses(bench).run([.maskOverlap]) != nil)
      // Its own sign of life is gone as well.
      #expect(bench.results.runs(of: "test").isEmpty)
    }
  }
}
