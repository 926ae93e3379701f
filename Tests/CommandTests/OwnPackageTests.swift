import CoppiceTestSupport
import Foundation
import Testing

/// A package of one's own, with a target called Experiments, gets the whole command line from one call.
@Suite struct OwnPackageTests {
  private static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  private static let source = "Tests/CommandTests/Fixtures/OwnPackage/Sources/Experiments/"

  @Test(
    .enabled(
      if: ProcessInfo.processInfo.environment["COPPICE_TEST_PACKAGE"] == "1",
      "builds everything a second time; COPPICE_TEST_PACKAGE=1 asks for it"))
  func itBuildsAndRuns() throws {
    let folder = try TemporaryFolder()
    let package = folder.file("my-experiments")
    let manager = FileManager.default
    try manager.copyItem(
      atPath: Self.repository.appendingPathComponent("Tests/CommandTests/Fixtures/OwnPackage").path,
      toPath: package)
    try manager.createSymbolicLink(
      atPath: folder.file("coppice"), withDestinationPath: Self.repository.path)
    // The same versions, so that nothing need be fetched that is not in the cache.
    try manager.copyItem(
      atPath: Self.repository.appendingPathComponent("Package.resolved").path,
      toPath: package + "/Package.resolved")
    let build = try #require(
      Python.run(
        "swift", ["build", "-c", "release", "--package-path", package, "--scratch-path", package + "/.build"])
    )
    #expect(build.status == 0, "\(build.output.suffix(4_000))")
    let run = try #require(
      Python.run(
        package + "/.build/release/Experiments",
        [
          "run", "mine", "--seeds", "1", "--set", "training=10it", "--set",
          "dataset=glyphs(training: 200, validation: 50, test: 50)", "--results", folder.file("results"),
          "--as", "mine",
        ]))
    #expect(run.status == 0, "\(run.output)")
    #expect(manager.fileExists(atPath: folder.file("results/mine/accuracy.svg")))
    let list = try #require(Python.run(package + "/.build/release/Experiments", ["list", "criteria"]))
    #expect(list.output.contains("growth ") && list.output.contains("before training"))
    let slip = try #require(Python.run(package + "/.build/release/Experiments", ["rnu"]))
    #expect(slip.status == 64 && slip.output.contains("did you mean \"run\"?"))
  }

  /// The tutorials show this package, and what it is short for is there: a program, a criterion, and how it is listed.
  @Test func itIsTheOneOfTheTutorials() throws {
    let pages = try Pages.text("FirstSweep") + Pages.text("Criterion")
    func source(_ file: String) throws -> String {
      try String(contentsOf: Self.repository.appendingPathComponent(Self.source + file), encoding: .utf8)
        .trimmingCharacters(in: .newlines)
    }
    let main = try source("Main.swift")
    #expect(pages.contains(main))
    #expect(main.split(separator: "\n").count <= 20)
    // The criterion stands in two places of the pages, and what it is listed as in another.
    for part in try source("Growth.swift").components(separatedBy: "\n\n").dropFirst() {
      #expect(pages.contains(part), "\(part)")
    }
  }
}
