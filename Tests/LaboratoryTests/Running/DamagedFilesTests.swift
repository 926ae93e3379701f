import CoppiceLaboratory
import CoppiceStore
import CoppiceTestSupport
import Foundation
import Synchronization
import Testing

extension Running {
  /// Stages that are damaged, and what stands in their place: set aside, named, and made again with the same bits.
  @Suite struct DamagedFilesTests {
    private static func plan() throws -> SweepPlan {
      try SweepPlan(
        Trial.tiny.with { ($0.training, $0.evaluation) = (.iterations(6), .iterations(3)) })
    }

    /// Runs a plan whose trials are gone, over one stage that somebody has damaged.
    ///
    /// - Returns: the stage, and what was set aside.
    private func run(
      _ bench: Bench, _ plan: SweepPlan, isFresh: Bool = false, damage: (String) throws -> Void
    ) throws -> (path: String, setAside: [(file: String, kept: String)]) {
      try bench.run(plan)
      let expected = try bench.digests(plan)
      for trial in plan.trials { unlink(bench.file(trial, of: plan)) }
      let key = try #require(plan.ticket.rounds.first?[.training]).hexadecimal
      let path = bench.results.stages.file(key)
      try damage(path)
      let told = Mutex<[(file: String, kept: String)]>([])
      let report = try bench.run(plan, isFresh: isFresh) { event in
        guard case .setAside(let file, let kept, _) = event else { return }
        told.withLock { $0.append((file, kept)) }
      }
      #expect(report.failures.isEmpty && report.summaryError == nil, "\(report.failures)")
      #expect(try bench.digests(plan) == expected)
      _ = try StageFile.read(path)
      return (path, told.withLock { $0 })
    }

    @Test func aDamagedStageIsKept() throws {
      let bench = try Bench()
      let garbage = Data("no stage".utf8)
      let (path, setAside) = try run(bench, try Self.plan()) {
        try garbage.write(to: URL(fileURLWithPath: $0))
      }
      #expect(setAside.map(\.file) == [path])
      let kept = try #require(setAside.first?.kept)
      #expect(try Data(contentsOf: URL(fileURLWithPath: kept)) == garbage)
      #expect(bench.results.setAsideFiles(of: "test") == [kept])
      withExtendedLifetime(bench) {}
    }

    /// A folder cannot be replaced by a file, and what somebody put into it is theirs.
    @Test(arguments: [false, true])
    func aFolderInThePlaceOfAStageIsKeptWithWhatItHolds(isFresh: Bool) throws {
      let bench = try Bench()
      let (path, setAside) = try run(bench, try Self.plan(), isFresh: isFresh) {
        unlink($0)
        try FileManager.default.createDirectory(atPath: $0, withIntermediateDirectories: true)
        try Data("mine".utf8).write(to: URL(fileURLWithPath: $0 + "/note"))
      }
      #expect(setAside.map(\.file) == [path])
      let kept = try #require(setAside.first?.kept)
      #expect(try String(contentsOfFile: kept + "/note", encoding: .utf8) == "mine")
      // What is somebody's own is not offered to be removed.
      #expect(bench.results.setAsideFiles(of: "test").isEmpty)
      withExtendedLifetime(bench) {}
    }

    @Test func aFolderInThePlaceOfACheckpointOrASummaryIsKept() throws {
      let (bench, plan) = (try Bench(), try Self.plan())
      let key = try #require(plan.ticket.rounds.first?[.training]).hexadecimal
      let paths = [bench.results.stages.checkpoint(key), bench.results.summary(of: "test")]
      for path in paths {
        try FileManager.default.createDirectory(
          atPath: path + "/mine", withIntermediateDirectories: true)
      }
      let told = Mutex<[String]>([])
      let report = try bench.run(plan) { event in
        guard case .setAside(let file, _, _) = event else { return }
        told.withLock { $0.append(file) }
      }
      #expect(report.failures.isEmpty && report.summaryError == nil)
      #expect(Set(told.withLock { $0 }) == Set(paths))
      _ = try SummaryFile.read(bench.results.summary(of: "test"))
      withExtendedLifetime(bench) {}
    }

    @Test func aLinkThatLeadsNowhereIsReplaced() throws {
      let bench = try Bench()
      let (path, setAside) = try run(bench, try Self.plan()) {
        unlink($0)
        symlink($0 + ".nowhere", $0)
      }
      #expect(setAside.isEmpty)
      #expect(!FileManager.default.fileExists(atPath: path + ".nowhere"))
      withExtendedLifetime(bench) {}
    }
  }
}
