import CoppiceStore
import CoppiceTestSupport
import Foundation
import Testing

/// Disks that are full, and stores that may only be read. Tests/Torture does the same at many sizes.
@Suite(.enabled(if: SmallDisk.isThere, "nothing can be mounted here")) struct DiskTests {
  private static let sweep = Sweeps.ladder(training: 20, model: "mlp(widths: [100])")

  private static let undisturbed = Result { () throws -> [String: UInt64] in
    let program = try Program()
    try #require(try program.run(["run", "--quiet"] + sweep).status == 0)
    return try program.digests(of: "ladder")
  }

  private func digests(_ disk: SmallDisk) throws -> [String: UInt64] {
    let store = ResultsFolder(disk.path)
    return try store.trials(of: "ladder").reduce(into: [:]) {
      $0[$1] = Digest(try TrialFile(store.trial($1, of: "ladder")).record().digest).value
    }
  }

  /// What is stored stays, and with more room the same command goes on from it.
  @Test(arguments: [100, 300]) func aFullDiskLosesNothing(kilobytes: Int) throws {
    let disk = try #require(SmallDisk(kilobytes: kilobytes))
    let program = try Program()
    let run = ["run", "--quiet", "--results", disk.path] + Self.sweep
    let full = try program.run(run)
    #expect(full.status == 74, "\(full.errors)")
    #expect(full.errors.contains("No space left on device"), "\(full.errors)")
    #expect(
      full.errors.contains("Make room and run again; nothing already stored is lost"),
      "\(full.errors)")
    let stored = try ResultsFolder(disk.path).stages.paths().filter { !$0.hasSuffix(".lease") }.map {
      ($0, try Data(contentsOf: URL(fileURLWithPath: $0)))
    }
    _ = try digests(disk)
    try #require(disk.remount("size=20m"))
    let again = try program.run(run)
    #expect(again.status == 0, "\(again.errors)")
    #expect(try digests(disk) == Self.undisturbed.get())
    for (path, bytes) in stored where !path.hasSuffix(".checkpoint.h5") {
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == bytes, "\(path)")
    }
    withExtendedLifetime((disk, program)) {}
  }

  @Test func aStoreThatMayOnlyBeReadIsRead() throws {
    let disk = try #require(SmallDisk(kilobytes: 20_000))
    let program = try Program()
    let results = ["--results", disk.path]
    #expect(try program.run(["run", "--quiet"] + results + Self.sweep).status == 0)
    try #require(disk.remount("ro"))
    let run = try program.run(["run", "--quiet"] + results + Self.sweep)
    #expect(run.status == 74, "\(run.errors)")
    #expect(
      run.errors.contains("Read-only file system") && run.errors.contains("Choose a folder"),
      "\(run.errors)")
    for command in [
      ["status"], ["table", "ladder"], ["ls", "ladder"], ["clean"], ["show", "ladder/dense"],
    ] {
      let outcome = try program.run(command + results)
      #expect(outcome.status == 0, "\(command): \(outcome.errors)")
    }
    #expect(try digests(disk) == Self.undisturbed.get())
    withExtendedLifetime((disk, program)) {}
  }
}
