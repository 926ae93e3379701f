import CoppiceHDF5
import CoppiceStore
import CoppiceTestSupport
import Foundation
import Testing

/// Files that are damaged, that another program has written to, or that it holds open.
@Suite struct ForeignFilesTests {
  private static let h5py = Python.interpreter(with: ["h5py"])

  /// As a power cut leaves a file whose end was not yet on the disk, and with bytes changed where no seal tells of it.
  @Test func whatHasNoValidSealIsComputedAgain() throws {
    let program = try Program(copying: Sweeps.finished.get())
    let before = try program.digests(of: "tiny")
    var random = RandomBytes(seed: 5)
    var broken: [String] = []
    for (index, trial) in program.store.trials(of: "tiny").enumerated() {
      let path = program.store.trial(trial, of: "tiny")
      let whole = try Data(contentsOf: URL(fileURLWithPath: path))
      var bytes = whole
      switch index % 3 {
      case 0:
        let count = random.next(below: 4096) + 1
        bytes = whole.dropLast(count) + Data(count: count)
      case 1:
        bytes = whole.dropLast(32)
        bytes[random.next(below: bytes.count)] ^= UInt8(random.next(below: 255) + 1)
      default: continue
      }
      try bytes.write(to: URL(fileURLWithPath: path))
      broken.append(trial)
    }
    let status = try object(try program.run(["status", "tiny", "--json"]).output)
    let state = try #require((status["experiments"] as? [[String: Any]])?.first)
    #expect(state["left"] as? Int == broken.count)
    let run = try program.run(["run", "--quiet"] + Sweeps.tiny)
    #expect(run.status == 0, "\(run.errors)")
    for trial in broken {
      #expect(run.errors.contains("set aside: \(program.store.trial(trial, of: "tiny")): "), "\(trial)")
      #expect(run.errors.contains("/tiny/set-aside/\(trial)-1.h5"))
    }
    #expect(try program.digests(of: "tiny") == before)
    let told = try program.run(["clean"])
    #expect(told.output.contains("set aside: \(broken.count) files"))
    #expect(try program.run(["clean", "--set-aside"]).status == 0)
    #expect(program.store.setAsideFiles(of: "tiny").isEmpty)
    #expect(try program.digests(of: "tiny") == before)
  }

  @Test func aForeignFileIsReadWhereItIsAskedFor() throws {
    let program = try Program(copying: Sweeps.finished.get())
    let trial = try #require(program.store.trials(of: "tiny").first)
    let commands = [
      ["table", "tiny"], ["plot", "tiny"], ["show", "tiny/\(trial)"],
      ["plot", "tiny/\(trial)", "--series", "loss"],
    ]
    let expected = try commands.map { try program.run($0).output }
    for path in [program.store.summary(of: "tiny"), program.store.trial(trial, of: "tiny")] {
      let whole = try Data(contentsOf: URL(fileURLWithPath: path))
      try whole.dropLast(32).write(to: URL(fileURLWithPath: path))
    }
    for (command, expected) in zip(commands, expected) {
      let refused = try program.run(command)
      #expect(refused.status == 65, "\(command)")
      #expect(
        refused.errors.contains("another program has written to the file")
          && refused.errors.contains("--foreign"))
      let read = try program.run(command + ["--foreign"])
      #expect(read.status == 0, "\(command): \(read.errors)")
      #expect(read.output == expected)
    }
    // Exit codes are those of the command itself.
    #expect(try program.run(["table", "tiny", "--y", "nothing", "--foreign"]).status == 64)
  }

  /// Only of a command that does nothing but read is the file to blame where it does not come to an end.
  @Test func aCommandThatComputesIsNotBoundByReading() throws {
    let program = try Sweeps.finished.get()
    let none = ["COPPICE_FOREIGN_SECONDS": "0"]
    for command in [["show", "tiny/dense-seed0", "--evaluate"], ["criteria", "tiny/dense-seed0"]] {
      let outcome = try program.run(command + ["--foreign"], environment: none)
      #expect(outcome.status == 75 && !outcome.errors.contains("libhdf5"), "\(outcome.errors)")
      #expect(outcome.errors.contains("the command did not come to an end within 0.0 s"), "\(outcome.errors)")
    }
    let read = try program.run(["show", "tiny/dense-seed0", "--foreign"], environment: none)
    #expect(read.status == 65 && read.errors.contains("libhdf5 did not come to an end of it within 0.0 s"))
  }

  /// Whoever starts the program may ignore the ends of children, as bash can and not every shell: how this one ended is told all
  /// the same.
  @Test func theExitCodeComesWhereEndsOfChildrenAreIgnored() throws {
    let program = try Sweeps.finished.get()
    let outcome = try program.start(
      script: #"exec bash -c 'trap "" CHLD; exec "$0" "$@"' "$0" "$@""#,
      ["table", "tiny", "--y", "nothing", "--foreign"]
    ).outcome()
    #expect(outcome.status == 64, "\(outcome.errors)")
  }

  /// With bytes changed that no seal guards, libhdf5 crashes, hangs, refuses or reads: the command says so and ends.
  @Test func noForeignFileEndsTheCommandByASignal() throws {
    let program = try Program(copying: Sweeps.finished.get())
    let path = program.store.summary(of: "tiny")
    let whole = try Data(contentsOf: URL(fileURLWithPath: path)).dropLast(32)
    var random = RandomBytes(seed: 11)
    for _ in 0..<60 {
      var bytes = whole
      for _ in 0..<8 { bytes[random.next(below: bytes.count)] = UInt8(random.next(below: 256)) }
      try bytes.write(to: URL(fileURLWithPath: path))
      let outcome = try program.run(
        ["table", "tiny", "--foreign"], environment: ["COPPICE_FOREIGN_SECONDS": "5"])
      #expect([0, 64, 65].contains(outcome.status), "\(outcome.status) \(outcome.errors)")
      #expect(try program.run(["status", "tiny"]).status == 0)
    }
  }

  /// A notebook that has the summary open in "r+" while the experiment is run: with nothing written, with something that is not
  /// on the disk yet, with all of it there, and killed after that.
  @Test(
    .enabled(if: h5py != nil, "Python with h5py is not found"), arguments: ["hold", "write", "flush", "kill"])
  func aHeldSummaryIsReadAndReplacedAndKept(way: String) throws {
    let program = try Program(copying: Sweeps.finished.get())
    let path = program.store.summary(of: "tiny")
    let expected = try program.run(["table", "tiny"]).output
    let ready = program.folder.file("ready")
    let holder = Process()
    holder.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    holder.arguments = [
      try #require(Self.h5py), "-c",
      """
      import h5py, os, signal, sys
      f = h5py.File("\(path)", "r+")
      if "\(way)" != "hold": f.attrs["note"] = "seed 3 looks odd"
      if "\(way)" in ("flush", "kill"): f.flush()
      open("\(ready)", "w").close()
      sys.stdin.readline()
      f.attrs["note"] = "seed 3 looks odd"
      f.attrs["later"] = 1
      f.close()
      """,
    ]
    let pipe = Pipe()
    holder.standardInput = pipe
    try holder.run()
    while !FileManager.default.fileExists(atPath: ready), holder.isRunning { usleep(5_000) }
    if way == "kill" {
      kill(holder.processIdentifier, SIGKILL)
      holder.waitUntilExit()
    }
    // What is still as it was written is read, whoever holds it.
    let table = try program.run(["table", "tiny"] + (["hold", "write"].contains(way) ? [] : ["--foreign"]))
    #expect(table.status == 0, "\(table.errors)")
    #expect(table.output == expected)
    let run = try program.run(["run", "--quiet"] + Sweeps.tiny)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.errors.contains("set aside: \(path): ") && run.errors.contains("another program has"))
    #expect(try program.run(["table", "tiny"]).output == expected)
    let kept = program.store.setAsideFiles(of: "tiny")
    #expect(kept.count == 1)
    if way != "kill" {
      try pipe.fileHandleForWriting.write(contentsOf: Data("\n".utf8))
      holder.waitUntilExit()
      #expect(holder.terminationStatus == 0)
    }
    // The notes of the notebook are in what is kept, those it made after the run among them.
    let root = try HDF5File(try #require(kept.first), isForeign: true).root
    #expect(try root.attribute("note") == "seed 3 looks odd")
    #expect(try root.attribute("later") == (way == "kill" ? nil : 1))
    #expect(try !program.run(["run", "--quiet"] + Sweeps.tiny).errors.contains("set aside"))
  }

  @Test func aSummaryCutInHalfIsKeptAndWrittenAnew() throws {
    let program = try Program(copying: Sweeps.finished.get())
    let path = program.store.summary(of: "tiny")
    let expected = try program.run(["table", "tiny"]).output
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: path))
    let run = try program.run(["run", "--quiet"] + Sweeps.tiny)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.errors.contains("set aside: \(path): truncated file"))
    #expect(try program.run(["table", "tiny"]).output == expected)
    #expect(program.store.setAsideFiles(of: "tiny") == [program.store.setAside(of: "tiny") + "/summary-1.h5"])
  }

  /// Temporary files of the dead, in every folder: in a container the next process has the same number.
  @Test func whatAKilledRunLeftIsSweptByTheNextAndByClean() throws {
    let program = try Program(copying: Sweeps.finished.get())
    let folder = program.store.folder(of: "tiny")
    let stage = try #require(program.store.stages.paths().first)
    func leave() throws -> [String] {
      let left = [stage, folder + "/summary.h5", folder + "/accuracy.svg", folder + "/trials/t.h5"].map {
        AtomicFile.temporaryPath(for: $0)
      }
      for path in left { try Data("cut".utf8).write(to: URL(fileURLWithPath: path)) }
      return left
    }
    for command in [["run", "--quiet"] + Sweeps.tiny, ["clean", "--orphans"]] {
      let left = try leave()
      let told = try program.run(["clean"])
      #expect(told.output.contains("temporary: 4 files"))
      #expect(left.allSatisfy { told.output.contains($0) && FileManager.default.fileExists(atPath: $0) })
      #expect(try program.run(command).status == 0)
      #expect(!left.contains { FileManager.default.fileExists(atPath: $0) })
    }
    #expect(program.store.trials(of: "tiny").count == 21)
  }
}

/// Numbers that are the same in every run of the tests.
private struct RandomBytes {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next(below bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % bound
  }
}
