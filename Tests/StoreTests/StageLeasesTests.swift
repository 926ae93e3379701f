import CoppiceStore
import CoppiceTestSupport
import Foundation
import Synchronization
import Testing

@Suite struct StageLeasesTests {
  let folder: TemporaryFolder
  let stages: StageFolder
  let key = "ab" + String(repeating: "0", count: 62)
  init() throws {
    folder = try TemporaryFolder()
    stages = StageFolder(folder.file("stages"))
  }

  private var path: String { folder.file("stages/ab/\(key).lease") }

  /// A clock that is set by hand.
  private final class Clock: Sendable {
    private let seconds = Mutex(0.0)
    var time: @Sendable () -> Double { { [self] in seconds.withLock { $0 } } }
    func advance(_ step: Double) { seconds.withLock { $0 += step } }
  }

  /// Writes a lease as a process of another machine would, whose lock nobody here can ask for.
  private func writeForeign(run: String = "f00d", beat: Int = 0, began: Double = 0) throws {
    try FileManager.default.createDirectory(
      atPath: folder.file("stages/ab"), withIntermediateDirectories: true)
    let json =
      #"{"beat":\#(beat),"began":\#(began),"expiry":60,"host":"elm","isLocked":true,"kernel":"another","process":7,"#
      + #""run":"\#(run)"}"#
    try Data(json.utf8).write(to: URL(fileURLWithPath: path))
  }

  @Test func oneRunHoldsAStage() throws {
    let (first, second) = (StageLeases(stages), StageLeases(stages))
    #expect(first.acquire(key) == .granted)
    guard case .held(let holder) = second.acquire(key) else {
      Issue.record("two runs hold one stage")
      return
    }
    #expect(holder.process == ProcessInfo.processInfo.processIdentifier)
    #expect(holder.host == ProcessInfo.processInfo.hostName && first.isOwn(holder) && !second.isOwn(holder))
    #expect(holder.description.contains("process \(holder.process) on \(holder.host), since "))
    #expect(stages.holders.map(\.run) == [holder.run])
    #expect(second.acquire("ab" + String(repeating: "1", count: 62)) == .granted)
    first.release(key)
    #expect(first.holder(of: key) == nil)
    #expect(second.acquire(key) == .granted)
    second.release(key)
  }

  /// A stage is taken when its turn comes; its lease says when the run began, before its first heartbeat and after.
  @Test func aLeaseSaysWhenTheRunBegan() throws {
    let leases = StageLeases(stages)
    let made = Date().timeIntervalSince1970
    usleep(1_000)
    #expect(leases.acquire(key) == .granted)
    let began = try #require(leases.holder(of: key)?.began)
    #expect(began <= made)
    leases.beat()
    #expect(leases.holder(of: key)?.began == began && leases.holder(of: key)?.beat == 1)
    leases.release(key)
  }

  /// What is no file is nobody's lease: it guards nothing, and is left where it is.
  @Test(arguments: ["a folder", "a link"]) func whatIsNoFileIsNoLease(kind: String) throws {
    try FileManager.default.createDirectory(
      atPath: folder.file("stages/ab") + (kind == "a folder" ? "/\(key).lease" : ""),
      withIntermediateDirectories: true)
    if kind == "a link" { symlink(path + ".nowhere", path) }
    let leases = StageLeases(stages)
    #expect(leases.holder(of: key) == nil && leases.acquire(key) == .granted)
    leases.release(key)
    var status = stat()
    #expect(lstat(path, &status) == 0)
    #expect(folder.names == ["stages"])
  }

  @Test func ofManyThatAskInOneMomentOneIsGrantedIt() async throws {
    for _ in 0..<20 {
      let granted = await withTaskGroup(of: Bool.self) { group in
        for _ in 0..<8 {
          group.addTask { [stages, key] in
            let leases = StageLeases(stages)
            let isGranted = leases.acquire(key) == .granted
            // Held until all have asked.
            if isGranted { try? await Task.sleep(for: .milliseconds(30)) }
            return isGranted
          }
        }
        return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
      #expect(granted == 1)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("stages/ab")).isEmpty)
  }

  /// The system takes the lock from a process that is killed, whatever number another process has by now.
  @Test func aLeaseWhoseLockIsGoneIsTakenOverAtOnce() throws {
    let dead = StageLeases(stages)
    #expect(dead.acquire(key) == .granted)
    let copy = try Data(contentsOf: URL(fileURLWithPath: path))
    dead.release(key)
    try copy.write(to: URL(fileURLWithPath: path))
    #expect(stages.holders.isEmpty)
    #expect(StageLeases(stages).acquire(key) == .granted)
  }

  /// Of another machine: its clock may say anything, only that it goes on is looked at, and by a clock of one's own.
  @Test(arguments: [0, 1e12]) func aLeaseWithoutHeartbeatsExpires(began: Double) throws {
    let clock = Clock()
    let leases = StageLeases(stages, now: clock.time)
    try writeForeign(beat: 3, began: began)
    #expect(leases.acquire(key) != .granted)
    clock.advance(59)
    #expect(leases.acquire(key) != .granted)
    // It lives.
    try writeForeign(beat: 4, began: began)
    clock.advance(2)
    #expect(leases.acquire(key) != .granted)
    clock.advance(59)
    #expect(leases.acquire(key) != .granted)
    clock.advance(1)
    #expect(leases.acquire(key) == .granted)
    #expect(leases.holder(of: key).map(leases.isOwn) == true)
    leases.release(key)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("stages/ab")).isEmpty)
  }

  @Test func aLeaseThatCannotBeReadExpiresToo() throws {
    let clock = Clock()
    let leases = StageLeases(stages, now: clock.time)
    try FileManager.default.createDirectory(
      atPath: folder.file("stages/ab"), withIntermediateDirectories: true)
    try Data("{".utf8).write(to: URL(fileURLWithPath: path))
    #expect(leases.acquire(key) != .granted)
    clock.advance(60)
    #expect(leases.acquire(key) == .granted)
  }

  @Test func heartbeatsKeepALease() throws {
    let clock = Clock()
    let (holder, other) = (StageLeases(stages), StageLeases(stages, now: clock.time))
    #expect(holder.acquire(key) == .granted)
    for _ in 0..<10 {
      #expect(other.acquire(key) != .granted)
      clock.advance(30)
      holder.beat()
    }
    // One whose process is stopped, so that it keeps its lock and shows no life.
    #expect(other.acquire(key) != .granted)
    clock.advance(60)
    #expect(other.acquire(key) == .granted)
    // What it does when it wakes takes nothing away from the one that holds it now.
    holder.beat()
    holder.release(key)
    #expect(other.holder(of: key).map(other.isOwn) == true)
    #expect(holder.acquire(key) != .granted)
  }

  @Test func whereNoLeaseCanBeMadeWorkGoesOn() throws {
    try Data().write(to: URL(fileURLWithPath: folder.file("stages")))
    let leases = StageLeases(stages)
    #expect(leases.acquire(key) == .granted)
    leases.beat()
    leases.release(key)
  }
}
