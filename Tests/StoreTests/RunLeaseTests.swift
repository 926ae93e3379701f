import CoppiceStore
import CoppiceTestSupport
import Foundation
import Testing

@Suite struct RunLeaseTests {
  let folder: TemporaryFolder
  let results: ResultsFolder
  init() throws {
    folder = try TemporaryFolder()
    results = ResultsFolder(folder.path)
  }

  private var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.file("e"))) ?? []).sorted()
  }

  /// Writes a lease as a run of another machine would, whose lock nobody here can ask for.
  private func writeForeign(_ name: String = "run-f00d.lease", age: Double = 0) throws {
    try FileManager.default.createDirectory(atPath: folder.file("e"), withIntermediateDirectories: true)
    let json =
      #"{"beat":1,"began":0,"expiry":60,"host":"elm","isLocked":true,"kernel":"another","process":7,"run":"f00d"}"#
    let path = folder.file("e/\(name)")
    try Data(json.utf8).write(to: URL(fileURLWithPath: path))
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: -age)], ofItemAtPath: path)
  }

  @Test func aRunIsAtWorkForAsLongAsItHoldsItsLease() throws {
    #expect(results.runs(of: "e").isEmpty)
    let first = RunLease(in: results, of: "e")
    #expect(
      results.runs(of: "e").map(\.process) == [ProcessInfo.processInfo.processIdentifier])
    let second = RunLease(in: results, of: "e")
    #expect(Set(results.runs(of: "e").map(\.run)).count == 2)
    #expect(results.runs(of: "other").isEmpty)
    #expect(results.leftovers(of: "e").isEmpty)
    first.end()
    #expect(results.runs(of: "e").count == 1)
    second.end()
    #expect(results.runs(of: "e").isEmpty && names.isEmpty)
    // A beat that comes late brings nothing back.
    first.beat()
    #expect(names.isEmpty)
  }

  /// The system takes the lock from a process that is killed; that its number is alive says nothing: here it is our own.
  @Test func aLeaseWhoseLockIsGoneIsNobodysAndIsSwept() throws {
    let dead = RunLease(in: results, of: "e")
    let path = folder.file("e/\(names[0])")
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    dead.end()
    try bytes.write(to: URL(fileURLWithPath: path))
    #expect(results.runs(of: "e").isEmpty)
    #expect(results.leftovers(of: "e") == [path])
    let next = RunLease(in: results, of: "e")
    #expect(names.count == 1 && !FileManager.default.fileExists(atPath: path))
    next.end()
  }

  @Test func anotherMachineIsBelievedForTenMinutes() throws {
    try writeForeign(age: 500)
    #expect(results.runs(of: "e").map(\.host) == ["elm"])
    #expect(results.leftovers(of: "e").isEmpty)
    try writeForeign(age: 700)
    #expect(results.runs(of: "e").isEmpty)
    #expect(results.leftovers(of: "e").count == 1)
  }

  /// Where the folder of an experiment is a link, what lies there is used and never removed.
  @Test func whatALinkLeadsToStays() throws {
    try writeForeign(age: 700)
    try FileManager.default.moveItem(atPath: folder.file("e"), toPath: folder.file("other"))
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("e"), withDestinationPath: folder.file("other"))
    RunLease(in: results, of: "e").end()
    #expect(FileManager.default.fileExists(atPath: folder.file("other/run-f00d.lease")))
  }

  @Test func filesOfOtherNamesAreNobodysLease() throws {
    for name in ["run-mine.lease", "run-.lease", "run-f00d.lease.txt", "f00d.lease"] {
      try writeForeign(name, age: 700)
    }
    try FileManager.default.createDirectory(
      atPath: folder.file("e/run-abc.lease"), withIntermediateDirectories: true)
    #expect(results.leftovers(of: "e").isEmpty)
    RunLease(in: results, of: "e").end()
    #expect(names.count == 5)
  }

  @Test func aLeaseThatWasRemovedIsMadeAgain() throws {
    let lease = RunLease(in: results, of: "e")
    try FileManager.default.removeItem(atPath: folder.file("e"))
    #expect(results.runs(of: "e").isEmpty)
    lease.beat()
    #expect(results.runs(of: "e").map(\.beat) == [1])
    lease.beat()
    #expect(results.runs(of: "e").map(\.beat) == [2])
    lease.end()
    #expect(names.isEmpty)
  }

  /// Whoever asks when the run began is told the same at every time, be it of a lease that was made anew.
  @Test func aLeaseSaysWhenTheRunBegan() throws {
    let before = Date().timeIntervalSince1970
    let lease = RunLease(in: results, of: "e")
    let began = try #require(results.runs(of: "e").first?.began)
    #expect(began >= before && began <= Date().timeIntervalSince1970)
    lease.beat()
    #expect(results.runs(of: "e").map(\.began) == [began])
    try FileManager.default.removeItem(atPath: folder.file("e"))
    usleep(1_000)
    lease.beat()
    #expect(results.runs(of: "e").map(\.began) == [began])
    lease.beat()
    #expect(results.runs(of: "e").map(\.began) == [began] && results.runs(of: "e").map(\.beat) == [3])
    lease.end()
  }

  @Test func whereNoLeaseCanBeMadeTheRunGoesOn() throws {
    try Data().write(to: URL(fileURLWithPath: folder.file("e")))
    let lease = RunLease(in: results, of: "e")
    lease.beat()
    lease.end()
    #expect(results.runs(of: "e").isEmpty)
  }
}
