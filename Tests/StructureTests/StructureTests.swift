import Testing

/// The targets as they are, held against Package.swift and DESIGN's arrows.
@Suite struct StructureTests {
  private let manifest: Manifest

  init() throws { manifest = Manifest(try SourceTree.text("Package.swift")) }

  @Test func declaredIsUsed() throws {
    #expect(manifest.targets.count > 20)
    for target in manifest.targets where target.kind != .test && target.kind != .system {
      // C sources include headers, which the compiler of C holds against their targets.
      guard try !SourceTree.swiftFiles(in: target.folder).isEmpty else { continue }
      let faults = Arrows.faults(of: target, using: try SourceTree.imports(in: target.folder))
      #expect(faults == [])
    }
  }

  @Test func arrowsPointDown() throws {
    for target in manifest.targets where target.kind != .test {
      let imported = try SourceTree.imports(in: target.folder).union(target.dependencies)
      #expect(Arrows.faults(of: target.name, importing: imported) == [])
    }
  }

  /// Tests may name what their targets bring along, and declare what they name.
  @Test func testsReachWhatTheyImport() throws {
    for target in manifest.targets where target.kind == .test {
      let used = try SourceTree.imports(in: target.folder).subtracting(Arrows.systemModules)
      let reachable = manifest.reachable(from: target.name).union(["CoppiceTestSupport"])
        .union(manifest.reachable(from: "CoppiceTestSupport"))
      #expect(used.subtracting(reachable) == [], "\(target.name) imports what it does not reach")
      // An executable is declared so that it is built before it is run.
      let declared = Set(target.dependencies.filter { manifest[$0]?.kind != .executable })
      #expect(declared.subtracting(used) == [], "\(target.name) declares what it does not import")
    }
  }

  @Test func everyFolderIsATargetAndSaysWhatItIs() throws {
    let paths = Set(manifest.targets.map(\.folder))
    for folder in try SourceTree.folders(in: "Sources") {
      #expect(paths.contains("Sources/\(folder)"), "Sources/\(folder) is no target")
      if manifest.targets.first(where: { $0.folder == "Sources/\(folder)" })?.kind != .system {
        #expect(SourceTree.exists("Sources/\(folder)/README.md"), "Sources/\(folder) has no README")
      }
    }
  }

  @Test func testsMirrorSources() throws {
    for target in manifest.targets where target.kind == .test && target.name != "CoppiceStructureTests" {
      let room = target.folder.dropFirst("Tests/".count).dropLast("Tests".count)
      let source = room == "Kernels" ? "Sources/CKernels" : "Sources/\(room)"
      #expect(SourceTree.exists(source), "\(target.folder) mirrors no folder of Sources")
      for folder in try SourceTree.foldersBelow(target.folder) {
        #expect(
          SourceTree.exists("\(source)/\(folder)"),
          "\(target.folder)/\(folder) mirrors no folder of \(source)")
      }
    }
    let untested: Set = [
      "Coppice", "CoppiceMain", "CoppiceExperiments", "CoppiceTestSupport", "CKernels", "OwnProgram",
    ]
    for target in manifest.targets where [.library, .executable].contains(target.kind) {
      guard !untested.contains(target.name) else { continue }
      #expect(manifest["\(target.name)Tests"] != nil, "\(target.name) has no tests of its own")
    }
  }

  /// Files are opened to be read in one place, which opens nothing else. Only locks, files of the system and what a process has just
  /// written itself are opened otherwise.
  @Test func filesAreOpenedInOnePlace() throws {
    let ways = [
      "O_RDONLY", "contentsOf: URL", "contentsOfFile:", "forReadingFrom", "forReadingAtPath",
      "contents(atPath", "fopen(",
    ]
    let others: Set = [
      "Sources/Terms/ReadableFile.swift", "Sources/HDF5/AtomicFile.swift",
      "Sources/HDF5/AtomicFile+Keep.swift",
      "Sources/HDF5/AtomicFile+Leftovers.swift", "Sources/Store/StageLeases.swift",
      "Sources/Store/LeaseFile.swift", "Sources/Store/OwnFiles.swift", "Sources/Store/InnerFile.swift",
      "Sources/Terms/MemoryLimit.swift", "Sources/Terms/ToolRun.swift",
      "Sources/Store/LeaseHolder.swift",
      "Sources/Laboratory/Provenance/Provenance.swift", "Sources/Laboratory/Provenance/Executable.swift",
      "Sources/Command/FigureFile.swift",
    ]
    for file in try SourceTree.swiftFiles(in: "Sources") where !others.contains(file) {
      let text = try SourceTree.text(file)
      for way in ways {
        #expect(!text.contains(way), "\(file) opens a file by \(way) and not by ReadableFile")
      }
    }
  }

  /// Somebody may set the clock of the wall, in the middle of anything. It says when something was, to people and beside files; how long
  /// something takes, and how long to wait, `Stopwatch` and other clocks say that nobody sets.
  @Test func theClockOfTheWallSteersNothing() throws {
    let ways = [
      "Date()", "Date.now", "timeIntervalSinceNow", "CFAbsoluteTime", "wait(until", "CLOCK_REALTIME",
    ]
    let others: [String: String] = [
      "Sources/Store/LeaseHolder.swift": "says since when a run is at work",
      "Sources/Store/LeaseFile.swift": "compares with the time of a file of another machine",
      "Sources/HDF5/AtomicFile+Leftovers.swift": "compares with the time of a file that cannot be locked",
      "Sources/Laboratory/Provenance/Provenance.swift": "says when a run began",
      "Sources/Laboratory/Running/RunJournal.swift": "says when something happened",
      "Sources/Laboratory/Launch/BegunExecutable.swift": "says when something happened",
      "Sources/Command/Launch.swift": "says when jobs were submitted",
      "Sources/Command/LiveRun.swift": "says how long ago something happened",
      "Sources/Command/StageCleaning.swift": "compares with the times of files",
      "Sources/Store/StageFolder.swift": "compares with the times of files",
      "Sources/Command/Commands/StatusCommand.swift": "says how long ago something happened",
    ]
    for file in try SourceTree.swiftFiles(in: "Sources") {
      let text = try SourceTree.text(file)
      let found = ways.filter(text.contains)
      #expect(found.isEmpty || others[file] != nil, "\(file) asks the clock of the wall: \(found)")
      if others[file] != nil { #expect(!found.isEmpty, "\(file) does not ask it any more") }
    }
  }

  /// Foundation's `Process` waits on threads, and for ever where the system gives none.
  @Test func programsAreRunInOnePlace() throws {
    for file in try SourceTree.swiftFiles(in: "Sources") {
      #expect(
        !(try SourceTree.text(file)).contains("Process()"), "\(file) starts a program: let `ToolRun` do it")
    }
  }

  /// Errors of the engine and of the door to HDF5 are told by what calls them; every other error knows its exit code.
  @Test func everyErrorKnowsItsExitCode() throws {
    var found: [String] = []
    for folder in try SourceTree.folders(in: "Sources") where !["Autodiff", "HDF5"].contains(folder) {
      for file in try SourceTree.swiftFiles(in: "Sources/\(folder)") {
        let text = try SourceTree.text(file)
        for error in errors(declaredBy: text) {
          found.append(error)
          #expect(reports(error, text), "\(error) in \(file) does not say what the program ends with")
        }
      }
    }
    for known in ["DatasetError", "StoreError", "PlanError", "Interrupted", "CommandFailure"] {
      #expect(found.contains(known), "\(known) was not found: has the way of writing errors changed?")
    }
  }
}
