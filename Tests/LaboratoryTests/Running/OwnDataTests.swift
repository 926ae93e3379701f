import CoppiceDatasets
import CoppiceLaboratory
import CoppiceNetworks
import CoppiceStore
import CoppiceTerms
import CoppiceTestSupport
import Foundation
import Synchronization
import Testing

/// A set of one's own, as a user's package defines it: `x1,x2,x3,label` a line.
private struct Table: DatasetDefinition {
  /// Whether the loader records the file it reads.
  var recordsItsFile = true

  var specification: Specification { Specification("table", version: 1) }
  var summary: String { "numbers with a label" }
  var files: DataFiles { DataFiles(folders: ["table"], files: [.init("table.csv")]) }

  func load(from folders: DataFolders) throws(DatasetError) -> Dataset {
    let loaded = try folders.load(files, dataset: "table")
    let rows = try loaded[0].text().split(separator: "\n").map { $0.split(separator: ",") }
    func examples(_ rows: ArraySlice<[Substring]>) -> Examples {
      Examples(
        values: rows.flatMap { $0.dropLast().compactMap { Float($0) } },
        labels: rows.compactMap { Int32($0.last ?? "") })
    }
    return try Dataset(
      name: "table", task: .vectorClassification(features: 3), training: examples(rows[..<60]),
      test: examples(rows[60...]), classNames: ["no", "yes"], validationCount: 20,
      record: DataRecord(
        dataset: "table", version: 1, files: recordsItsFile ? loaded.map(\.record) : []))
  }
}

extension Running {
  @Suite struct OwnDataTests {
    private let folder: TemporaryFolder
    private let bench: Bench

    init() throws {
      (folder, bench) = (try TemporaryFolder(), try Bench())
      try FileManager.default.createDirectory(atPath: folder.file("table"), withIntermediateDirectories: true)
    }

    private var file: String { folder.file("table/table.csv") }

    private static func text(_ change: (inout [String]) -> Void = { _ in }) -> String {
      var lines = (0..<90).map { "\($0 % 7),\($0 % 5),\($0 % 3),\($0 % 2)" }
      change(&lines)
      return lines.joined(separator: "\n") + "\n"
    }

    private func write(_ text: String) throws { try Data(text.utf8).write(to: URL(fileURLWithPath: file)) }

    /// Plans and runs as a new process would, and says how many stages there were to run.
    private func stagesToRun(_ table: Table = Table()) throws -> Int {
      let library = DataLibrary(DataFolders([folder.path]))
      let trial = Trial.tiny.with { ($0.dataset, $0.batchSize) = (DatasetSource(table), 10) }
      let plan = try SweepPlan(
        Experiment("test", question: "Does it work?", base: trial) { SweepStep { $0 } }, library: library)
      let stages = Mutex(-1)
      let report = try Runner(
        plan, results: bench.results, library: library,
        provenance: Provenance(arguments: [], jobs: 1, threads: 1),
        observe: { event in
          if case .began(let count, _, _, _, _, _) = event { stages.withLock { $0 = count } }
        }
      ).run()
      #expect(report.count(.completed) == plan.trials.count)
      #expect(report.rows.allSatisfy { $0.dataset == "table" })
      return stages.withLock { $0 }
    }

    @Test func oneChangedByteOfAFileRunsTheStagesAgain() throws {
      try write(Self.text())
      let first = try stagesToRun()
      #expect(first > 1)
      #expect(try stagesToRun() == 0)
      try write(Self.text { $0[5] = "5,0,2,0" })  // one label
      #expect(try stagesToRun() == first)
      try write(Self.text { $0[5] = "5.,0,2,1" })  // the same number, spelled differently
      #expect(try stagesToRun() == first)
      try write(Self.text())
      #expect(try stagesToRun() == 0, "the first results are still there")
    }

    /// A loader that says nothing of its file: what it made of it counts.
    @Test func labelsReplacedByCoinFlipsAreOtherData() throws {
      try write(Self.text())
      let table = Table(recordsItsFile: false)
      let first = try stagesToRun(table)
      #expect(try stagesToRun(table) == 0)
      try write(
        Self.text { lines in
          lines = lines.enumerated().map { "\($1.dropLast())\($0 * $0 / 3 % 2)" }
        })
      #expect(try stagesToRun(table) == first)
    }

    @Test func provenanceNamesTheFile() throws {
      try write(Self.text())
      _ = try stagesToRun()
      let path = try #require(bench.results.trials(of: "test").first)
      let record = try TrialFile(bench.results.trial(path, of: "test")).record()
      let provenance = try #require(
        try JSONSerialization.jsonObject(with: Data(record.provenance.utf8)) as? [String: Any])
      let data = try #require((provenance["data"] as? [[String: Any]])?.first)
      let read = try #require((data["files"] as? [[String: Any]])?.first)
      let loaded = try LoadedFile(file).record
      #expect(read["name"] as? String == "table.csv" && read["path"] as? String == file)
      #expect(read["bytes"] as? Int == Self.text().utf8.count && read["sha256"] as? String == loaded.sha256)
      // The same file is no other; one changed byte is.
      #expect(
        DataComparison.differences(
          record.provenance, [DataRecord(dataset: "table", version: 1, files: [loaded])]) == [])
      try write(Self.text { $0[0] = "1,0,0,0" })
      let other = try LoadedFile(file).record
      #expect(
        DataComparison.differences(
          record.provenance, [DataRecord(dataset: "table", version: 1, files: [other])])
          == [
            "\(file) is not the file it was trained on (SHA-256 of the content \(other.contentSHA256), then "
              + "\(loaded.contentSHA256))"
          ])
    }
  }
}

/// Data that are others than their name says.
@Suite struct OtherDataTests {
  /// A text under the name of the published one.
  private func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: folder.file("tinyshakespeare"), withIntermediateDirectories: true)
    let text = Array(repeating: "to be or not to be", count: 40).joined(separator: "\n")
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder.file("tinyshakespeare/input.txt")))
    return folder
  }

  private let source = DatasetSource.tinyShakespeare(length: 8, validation: 10)

  @Test func theirNameInResultsSaysSo() throws {
    let folder = try folder()
    let library = DataLibrary(DataFolders([folder.path]))
    let trial = Trial.tiny.with {
      $0.model = .causalTransformer(width: 8, heads: 2, layers: 1, feedForward: 2)
      ($0.dataset, $0.batchSize) = (source, 4)
    }
    let plan = try TrialPlan(trial, library)
    #expect(
      plan.row(plan.rounds[0], distinctions: []).dataset == "tiny-shakespeare, not the original files")
    let warning = library.warnings.joined().replacing(folder.path, with: "%")
    #expect(
      warning.hasPrefix(
        """
        tiny-shakespeare is not the published data set: results call it "tiny-shakespeare, not the original files", and \
        --strict-data refuses it
          %/tinyshakespeare/input.txt differs from the published input.txt: SHA-256 
        """))
    #expect(
      warning.hasSuffix(
        "instead of 86c4e6aa9db7…\n  the published files are fetched with `coppice data fetch tiny-shakespeare --data DIR`"
      ))
  }

  @Test func theyAreRefusedWhereOnlyThePublishedOnesAreWanted() throws {
    let folder = try folder()
    let library = DataLibrary(DataFolders([folder.path]), isStrict: true)
    let error = #expect(throws: DatasetError.self) { try library.data(source, seed: 0) }
    #expect(error?.exitCode == .badData)
    #expect("\(error.map { "\($0)" } ?? "")".contains("--strict-data takes no other:"))
    // What is generated is what it is.
    #expect(try library.data(.tiny, seed: 0).name == "teacher")
    #expect(library.warnings.isEmpty)
  }
}
