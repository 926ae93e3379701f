import CoppiceLaboratory
import CoppiceStore
import CoppiceTerms
import CoppiceTestSupport
import Foundation
import Testing

extension Running {
  @Suite struct ResultsMergeTests {
    private static func plan(seeds: Int? = nil, _ overrides: [(name: String, text: String)] = []) throws
      -> SweepPlan
    {
      try SweepPlan(
        Experiment("split", question: "Does it work?", base: .tiny) {
          Axis(\.criterion, [.magnitude, .random])
          Axis(\.seed, [0, 1, 2])
        }, seeds: seeds, overrides: overrides, name: "split", library: Bench.library)
    }

    /// Runs a part of the sweep in a results folder of its own.
    private static func part(_ overrides: [(name: String, text: String)]) throws -> (
      bench: Bench, folder: String
    ) {
      let bench = try Bench()
      try bench.run(try plan(overrides))
      return (bench, bench.results.folder(of: "split"))
    }

    private static let seeds: Result<[(bench: Bench, folder: String)], any Error> = Result {
      try ["0", "1", "2"].map { try part([("seed", $0)]) }
    }

    private func merge(_ folders: [String], preferred: String? = nil, swept: Set<String> = []) throws
      -> ResultsMerge
    {
      try ResultsMerge(try folders.map { try ResultsPart($0) }, preferred: preferred, swept: swept)
    }

    private func bytes(_ folder: String) throws -> [String: Data] {
      var all: [String: Data] = [:]
      for name in FileManager.default.enumerator(atPath: folder)?.allObjects as? [String] ?? []
      where name.hasSuffix(".h5") {
        all[name] = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))
      }
      return all
    }

    /// Three machines with a seed each give what one gives with all.
    @Test func seedsOfThreeMachinesAreOneSweep() throws {
      let parts = try Self.seeds.get().map(\.folder)
      let before = try parts.map(bytes)
      let out = try TemporaryFolder()
      try merge(parts).write(to: out.file("split"))
      let whole = try Bench()
      try whole.run(try Self.plan())
      let expected = try SummaryFile.read(whole.results.summary(of: "split"))
      let found = try SummaryFile.read(out.file("split/summary.h5"))
      #expect(found.rows.map(\.trial) == expected.rows.map(\.trial))
      #expect(
        zip(found.rows, expected.rows).allSatisfy {
          $0.differences(from: $1).isEmpty && $0.settings == $1.settings
        })
      #expect(SummaryDifference(found, expected).isIdentical)
      #expect(JSON(parsing: found.provenance)?["seeds"]?.text == "[0, 1, 2]")
      // A run takes it for its own and runs nothing.
      let results = ResultsFolder(out.path)
      #expect(results.trials(of: "split") == whole.results.trials(of: "split"))
      // Nothing of the parts is other than before, and again gives the same.
      #expect(try parts.map(bytes) == before)
      try merge(parts).write(to: out.file("split"))
      #expect(try SummaryFile.read(out.file("split/summary.h5")).rows == found.rows)
    }

    /// A sweep split by what it varies, of which one part is a summary alone.
    @Test func partsMayDifferInWhatIsSwept() throws {
      let magnitude = try Self.part([("criterion", "magnitude")])
      let random = try Self.part([("criterion", "random")])
      try FileManager.default.removeItem(atPath: random.folder + "/trials")
      let error = #expect(throws: MergeError.self) { _ = try merge([magnitude.folder, random.folder]) }
      #expect(
        error?.description.contains("criterion is magnitude in ") == true, "\(String(describing: error))")
      #expect(error?.exitCode == .badData)
      let merged = try merge([magnitude.folder, random.folder], swept: ["criterion"])
      // The dense trials are in both.
      #expect(merged.entries.count == 9 && merged.shared == 3)
      #expect(merged.entries.count { $0.file == nil } == 3)
    }

    @Test func otherBitsAreRefusedUnlessOneIsPreferred() throws {
      let one = try Self.seeds.get()[0].folder
      let copy = try TemporaryFolder()
      let other = copy.file("split")
      try FileManager.default.copyItem(atPath: one, toPath: other)
      let name = try #require(ResultsFolder(copy.path).trials(of: "split").first)
      var record = try TrialFile("\(other)/trials/\(name).h5").record()
      record.rounds[0].weights?["fc1.bias"]?.scalars[0] += 1
      try TrialFile.write(record, to: "\(other)/trials/\(name).h5")
      let out = try TemporaryFolder()
      let error = #expect(throws: MergeError.self) { _ = try merge([one, other]) }
      #expect(
        error?.description.contains(
          "\(name): other bits in \(other) than in \(one): round 0: the weights of fc1.bias differ") == true)
      #expect(error?.description.contains("--prefer") == true)
      for (preferred, expected) in [
        (one, try TrialFile("\(one)/trials/\(name).h5").record().sha256), (other, record.sha256),
      ] {
        let folder = out.file(preferred == one ? "a" : "b")
        let merged = try merge([one, other], preferred: preferred)
        #expect(merged.notes.contains { $0.hasPrefix(name) })
        try merged.write(to: folder)
        #expect(try TrialFile("\(folder)/trials/\(name).h5").record().sha256 == expected)
      }
      #expect(throws: MergeError.notAPart("nowhere")) { _ = try merge([one, other], preferred: "nowhere") }
    }

    @Test func partsThatCannotBeComparedAreRefused() throws {
      let one = try Self.seeds.get()[0].folder
      let copy = try TemporaryFolder()
      func changed(_ name: String, _ change: (inout Summary) -> Void) throws -> String {
        var summary = try SummaryFile.read(one + "/summary.h5")
        change(&summary)
        try SummaryFile.write(summary, to: copy.file("\(name)/summary.h5"))
        return copy.file(name)
      }
      let numerics = try changed("numerics") {
        $0.provenance = $0.provenance.replacing("\"numerics\": 5", with: "\"numerics\": 4")
      }
      let question = try changed("question") {
        $0.configuration = $0.configuration.replacing("Does it work?", with: "Why?")
      }
      for (folder, words) in [(numerics, "numerics is 5 in "), (question, "the question of ")] {
        let error = #expect(throws: MergeError.self) { _ = try merge([one, folder]) }
        #expect(error?.description.contains(words) == true, "\(String(describing: error))")
      }
      let longer = try Self.part([("training", "40it"), ("seed", "1")])
      let error = withExtendedLifetime(longer) {
        #expect(throws: MergeError.self) { _ = try merge([one, longer.folder]) }
      }
      #expect(error?.description.contains("training is 30it in ") == true)
      #expect(throws: MergeError.nothing(copy.path)) { _ = try ResultsPart(copy.path) }
    }

    @Test func nothingIsWrittenOntoAPartOrOverOtherResults() throws {
      let parts = try Self.seeds.get().map(\.folder)
      #expect(throws: MergeError.onto(parts[1])) { try merge(parts).write(to: parts[1]) }
      let out = try TemporaryFolder()
      try FileManager.default.copyItem(atPath: parts[0], toPath: out.file("split"))
      let name = try #require(ResultsFolder(out.path).trials(of: "split").first)
      var record = try TrialFile(out.file("split/trials/\(name).h5")).record()
      record.rounds[0].weights?["fc1.bias"]?.scalars[0] += 1
      try TrialFile.write(record, to: out.file("split/trials/\(name).h5"))
      let error = #expect(throws: MergeError.self) { try merge(parts).write(to: out.file("split")) }
      #expect(error?.description.contains("is there already, and its results are others") == true)
    }

    /// Where an end is asked for on the way, whole files are there and no summary; the same call goes on.
    @Test func anInterruptedMergeGoesOn() throws {
      let parts = try Self.seeds.get().map(\.folder)
      let out = try TemporaryFolder()
      let interruption = Interruption()
      interruption.request()
      #expect(throws: Interrupted.self) {
        try merge(parts).write(to: out.file("split"), interruption: interruption)
      }
      #expect(!FileManager.default.fileExists(atPath: out.file("split/summary.h5")))
      try merge(parts).write(to: out.file("split"))
      #expect(try SummaryFile.read(out.file("split/summary.h5")).rows.count == 15)
    }

    @Test func stagesGoAlong() throws {
      let parts = try Self.seeds.get()
      let out = try TemporaryFolder()
      let merged = try merge(parts.map(\.folder))
      try merged.write(to: out.file("split"))
      let count = try merged.copyStages(to: out.file("split"), Bench.library)
      #expect(count > 0 && ResultsFolder(out.path).stages.paths().count == count)
      #expect(try merged.copyStages(to: out.file("split"), Bench.library) == 0)
      // With them the whole sweep runs nothing.
      let plan = try Self.plan()
      #expect(plan.stages.allSatisfy { ResultsFolder(out.path).stages.contains($0.key.hexadecimal) })
    }
  }
}
