import CoppiceTestSupport
import Foundation
import Testing

@Suite struct PackTests {
  /// The tiny sweep with a figure, packed with its trials.
  private static func packed() throws -> (program: Program, archive: String) {
    let program = try Program(copying: Sweeps.finished.get())
    let archive = program.folder.file("tiny.tar.gz")
    let outcome = try program.run(["pack", "tiny", "-o", archive, "--with", "trials"])
    try #require(outcome.status == 0, "\(outcome.errors)")
    return (program, archive)
  }

  private static func unpack(_ archive: String, _ folder: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let outcome = try #require(Python.run("tar", ["-xzf", archive, "-C", folder]))
    try #require(outcome.status == 0, "\(outcome.output)")
  }

  @Test func anArchiveHasWhatAnEvaluationAsksFor() throws {
    let (program, archive) = try Self.packed()
    let folder = program.folder.file("unpacked")
    try Self.unpack(archive, folder)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder + "/tiny").sorted()
    #expect(
      names == [
        "MANIFEST.sha256", "README.txt", "data.json", "digests.txt", "environment.json", "expected.csv",
        "figures", "index.csv",
        "summary.h5", "trials",
      ])
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/tiny/trials").count == 21)
    #expect(FileManager.default.fileExists(atPath: folder + "/tiny/figures/accuracy.svg"))
    let readme = try String(contentsOfFile: folder + "/tiny/README.txt", encoding: .utf8)
    for words in [
      "coppice verify tiny.tar.gz --sample 5", "sha256sum -c MANIFEST.sha256", "run quickstart",
      "test accuracy",
    ] {
      #expect(readme.contains(words), "\(words)")
    }
    _ = try object(try String(contentsOfFile: folder + "/tiny/environment.json", encoding: .utf8))
    // The tool of the system agrees with the manifest.
    if let sums = Python.run("sh", ["-c", "cd '\(folder)/tiny' && sha256sum -c --quiet MANIFEST.sha256"]) {
      #expect(sums.status == 0, "\(sums.output)")
    }
    // The same results give the same bytes.
    let again = program.folder.file("again/tiny.tar.gz")
    try FileManager.default.createDirectory(
      atPath: program.folder.file("again"), withIntermediateDirectories: true)
    #expect(try program.run(["pack", "tiny", "-o", again, "--with", "trials"]).status == 0)
    #expect(
      try Data(contentsOf: URL(fileURLWithPath: again)) == Data(contentsOf: URL(fileURLWithPath: archive)))
    #expect(try program.run(["pack", "tiny", "-o", "tiny.zip"]).status == 64)
  }

  @Test func anArchiveIsVerifiedElsewhere() throws {
    let (program, archive) = try Self.packed()
    let elsewhere = try Program()
    let outcome = try elsewhere.run(["verify", archive, "--sample", "2", "--quiet"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(
      outcome.output.contains("are as the manifest says") && outcome.output.hasSuffix(": 2 identical\n"),
      "\(outcome.output)")
    #expect(!FileManager.default.fileExists(atPath: elsewhere.results))
    // Without trials the rows and digests are compared.
    let small = program.folder.file("small.tar.gz")
    #expect(try program.run(["pack", "tiny", "-o", small]).status == 0)
    #expect(try elsewhere.run(["verify", small, "--sample", "2", "--quiet"]).status == 0)
    // With stages a run goes on from them.
    let whole = program.folder.file("whole.tar.gz")
    let packed = try object(
      try program.run(["pack", "tiny", "-o", whole, "--with", "stages", "--json"]).output)
    #expect(packed["notes"] as? [String] == [] && (packed["files"] as? Int ?? 0) > 40)
  }

  /// What was changed on the way is refused before anything is run.
  @Test func aChangedArchiveIsRefused() throws {
    let (program, archive) = try Self.packed()
    let folder = program.folder.file("unpacked")
    try Self.unpack(archive, folder)
    func refused(_ words: String, _ change: () throws -> Void) throws {
      try change()
      let changed = program.folder.file("changed.tar.gz")
      let made = try #require(Python.run("tar", ["--format=ustar", "-czf", changed, "-C", folder, "tiny"]))
      try #require(made.status == 0, "\(made.output)")
      let outcome = try program.run(["verify", changed, "--sample", "1", "--quiet"])
      #expect(outcome.status == 65, "\(outcome.output)")
      #expect(outcome.errors.contains(words), "\(outcome.errors)")
    }
    let file = folder + "/tiny/expected.csv"
    let before = try String(contentsOfFile: file, encoding: .utf8)
    try refused("tiny/expected.csv does not have the digest that the manifest says") {
      try (before + "x").write(toFile: file, atomically: true, encoding: .utf8)
    }
    try refused("tiny/expected.csv is in the manifest and not there") {
      try FileManager.default.removeItem(atPath: file)
    }
    try before.write(toFile: file, atomically: true, encoding: .utf8)
    try refused("tiny/more.txt is not in the manifest") {
      try "more".write(toFile: folder + "/tiny/more.txt", atomically: true, encoding: .utf8)
    }
    try refused("there is no tiny/MANIFEST.sha256") {
      try FileManager.default.removeItem(atPath: folder + "/tiny/MANIFEST.sha256")
    }
    let bytes = try Data(contentsOf: URL(fileURLWithPath: archive))
    let cut = program.folder.file("cut.tar.gz")
    try bytes.prefix(bytes.count / 2).write(to: URL(fileURLWithPath: cut))
    let outcome = try program.run(["verify", cut, "--quiet"])
    #expect(outcome.status == 65 && outcome.errors.contains("it is cut off"), "\(outcome.errors)")
  }
}
