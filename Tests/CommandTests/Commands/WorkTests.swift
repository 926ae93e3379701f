import CoppiceStore
import CoppiceTestSupport
import Foundation
import Testing

/// Parts of a sweep, done by processes that share a folder.
@Suite(.serialized) struct WorkTests {
  private static let sweep = Sweeps.ladder(training: 60)

  private static let alone = Result { () throws -> [String: UInt64] in
    let program = try Program()
    try #require(try program.run(["run", "--quiet", "--jobs", "1"] + sweep).status == 0)
    return try program.digests(of: "ladder")
  }

  @Test func stagesAreRunAndPutTogetherLater() throws {
    let program = try Program()
    let early = try program.run(["work"] + Self.sweep + ["--assemble", "--quiet"])
    #expect(early.status == 75, "\(early.errors)")
    #expect(
      early.errors.contains(
        "3 of 3 trials wait for 9 stages that are not there. Run what is missing: `coppice work quickstart --any`"
      ),
      "\(early.errors)")
    let launch = try object(
      try program.run(["launch"] + Self.sweep + ["--slurm", "--dry-run", "--json", "--job-seconds", "0"])
        .output)
    let scripts = try #require(launch["scripts"] as? [[String: Any]])
    let tasks = scripts.flatMap { $0["tasks"] as? [String] ?? [] }
    #expect(tasks.count > 2)
    var made = 0
    for task in tasks {
      let words = ["work"] + Self.sweep + ["--quiet", "--json", "--stages"]
      let outcome = try program.run(words + task.split(separator: " ").map(String.init))
      #expect(outcome.status == 0, "\(outcome.errors)")
      made += try object(outcome.output)["stages"] as? Int ?? 0
    }
    #expect(made == 9)
    #expect(program.store.trials(of: "ladder").isEmpty)
    let last = try program.run(["work"] + Self.sweep + ["--assemble", "--quiet"])
    #expect(last.status == 0, "\(last.errors)")
    #expect(last.output.contains("3 completed"))
    #expect(try program.digests(of: "ladder") == Self.alone.get())
    #expect(FileManager.default.fileExists(atPath: program.results + "/ladder/accuracy.svg"))
    let done = try program.run(["launch"] + Self.sweep + ["--slurm", "--dry-run"])
    #expect(
      done.status == 0 && done.output == "ladder is done: nothing is missing\n",
      "\(done.output)\(done.errors)")
    withExtendedLifetime(program) {}
  }

  /// Files cannot be locked on some shared folders; heartbeats count there.
  @Test(arguments: [[:], ["HDF5_USE_FILE_LOCKING": "FALSE"]])
  func fourWorkersMakeWhatOneRunMakes(environment: [String: String]) throws {
    let program = try Program()
    let workers = try (0..<4).map { _ in
      try program.start(
        ["work"] + Self.sweep + ["--any", "--jobs", "1", "--quiet"], environment: environment)
    }
    let outcomes = try workers.map { try $0.outcome() }
    for outcome in outcomes { #expect(outcome.status == 0, "\(outcome.errors)") }
    #expect(outcomes.contains { $0.output.contains("3 completed") })
    #expect(try program.digests(of: "ladder") == Self.alone.get())
    #expect(!program.store.stages.paths().contains { $0.hasSuffix(".lease") })
    withExtendedLifetime(program) {}
  }

  @Test func whatIsAskedForMustBeOfThisSweep() throws {
    let program = try Program()
    let outcome = try program.run(["work"] + Self.sweep + ["--stages", "00ff00ff00ff00ff", "--quiet"])
    #expect(outcome.status == 65, "\(outcome.errors)")
    #expect(
      outcome.errors.contains("no stage 00ff00ff00ff00ff is in ladder as this program plans it"),
      "\(outcome.errors)")
    for words in [[], ["--any", "--assemble"], ["--stages", "a", "--any"]] {
      let outcome = try program.run(["work"] + Self.sweep + words)
      #expect(outcome.status == 64, "\(outcome.errors)")
      #expect(
        outcome.errors.contains("work takes one of --stages KEY …, --any and --assemble"), "\(outcome.errors)"
      )
    }
    withExtendedLifetime(program) {}
  }

  /// As a scheduler sends it before the time of a job is over.
  @Test(arguments: [
    (SIGTERM, Int32(75), "SIGTERM came: ended after a checkpoint"),
    (SIGINT, 130, "interrupted after a checkpoint"),
  ])
  func aSignalEndsWithACheckpointAndAnotherGoesOn(number: Int32, code: Int32, words: String) throws {
    let program = try Program()
    let sweep = Sweeps.ladder(training: 2_000, model: "mlp(widths: [100])")
    let running = try program.start(["work"] + sweep + ["--any", "--jobs", "1", "--quiet"])
    let deadline = Date(timeIntervalSinceNow: 120)
    while program.store.stages.holders.isEmpty, Date() < deadline { usleep(2_000) }
    usleep(100_000)
    kill(running.process.processIdentifier, number)
    let outcome = try running.outcome()
    #expect(outcome.status == code, "\(outcome.errors)")
    #expect(outcome.errors.contains(words), "\(outcome.errors)")
    #expect(program.store.stages.paths().contains { $0.hasSuffix(".checkpoint.h5") })
    #expect(!program.store.stages.paths().contains { $0.hasSuffix(".lease") })
    withExtendedLifetime(program) {}
  }

  /// Where nobody reads what is printed, the work is done all the same.
  @Test func workOutlivesItsReader() throws {
    let program = try Program()
    let running = try program.start(
      script: "\"$0\" \"$@\" 2>&1 | true; exit ${PIPESTATUS:-0}",
      ["work"] + Self.sweep + ["--any", "--jobs", "1"])
    #expect(try running.outcome().status == 0)
    let deadline = Date(timeIntervalSinceNow: 120)
    while program.store.trials(of: "ladder").count < 3, Date() < deadline { usleep(10_000) }
    #expect(try program.digests(of: "ladder") == Self.alone.get())
    withExtendedLifetime(program) {}
  }

  /// Keys of components without a version hold for one executable: two of them would share nothing.
  @Test func anotherExecutableIsRefusedWhereAComponentHasNoVersion() throws {
    let program = try Program("OwnProgram")
    let work = ["work", "growth", "--set", "training=5it", "--as", "g", "--quiet"]
    let first = try program.run(work + ["--any"])
    #expect(first.status == 0, "\(first.errors)")
    // The same program with another digest.
    let other = program.folder.file("OtherProgram")
    try FileManager.default.copyItem(atPath: program.executable.path, toPath: other)
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: other))
    try file.seekToEnd()
    try file.write(contentsOf: Data([0]))
    try file.close()
    func run(_ words: [String]) throws -> Program.Outcome {
      try program.start(script: "exec \"$1\" \(words.map { "'\($0)'" }.joined(separator: " "))", [other])
        .outcome()
    }
    for part in ["--any", "--assemble"] {
      let refused = try run(work + [part])
      #expect(refused.status == 65, "\(refused.errors)")
      #expect(
        refused.errors.contains("g was begun by another executable (")
          && refused.errors.contains("Copy one executable to every machine, or give it a version"),
        "\(refused.errors)")
    }
    // Whoever begins anew may.
    let run = try run(["run"] + work.dropFirst())
    #expect(run.status == 0, "\(run.errors)")
    #expect(try program.run(work + ["--any"]).status == 65)
    withExtendedLifetime(program) {}
  }
}
