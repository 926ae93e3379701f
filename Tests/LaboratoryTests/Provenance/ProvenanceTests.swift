import CoppiceDatasets
import CoppiceLaboratory
import CoppiceStore
import CoppiceTerms
import CoppiceTestSupport
import Foundation
import Testing

@Suite struct ProvenanceTests {
  private func members(
    _ provenance: Provenance, data: [DataRecord] = [], seeds: [Int] = []
  ) throws -> [String: Any] {
    let json = provenance.json(data: data, seeds: seeds)
    return try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
  }

  @Test func itSaysWhereAndWithWhat() throws {
    let file = DataRecord.File(
      path: "/data/\"a\"", bytes: 5, sha256: "ab", contentBytes: 7, contentSHA256: "cd")
    var record = DataRecord(
      dataset: "mnist", version: 3,
      files: [file], notes: ["a\nnote"], variant: "half of it")
    record.trainingCount = 60_000
    let found = try members(
      Provenance(arguments: ["coppice", "run", "x"], jobs: 2, threads: 3), data: [record], seeds: [3, 1, 3])
    #expect(found["tool"] as? String == "coppice \(Provenance.toolVersion)")
    #expect(found["command"] as? String == "coppice run x")
    #expect(found["jobs"] as? Int == 2 && found["threads"] as? Int == 3)
    #expect(found["seeds"] as? [Int] == [1, 3])
    #expect(found["build"] as? String == "release" || found["build"] as? String == "debug")
    #expect(found["executable_sha256"] as? String == Executable.digest)
    #expect(found["numerics"] as? Int == StageKey.numericsVersion)
    for name in ["started", "swift", "hdf5", "processor", "kernels", "system"] {
      #expect((found[name] as? String)?.isEmpty == false, "\(name)")
    }
    #expect(found["git_commit"] != nil && found["git_dirty"] != nil)
    let data = try #require((found["data"] as? [[String: Any]])?.first)
    #expect(data["dataset"] as? String == "mnist" && data["training"] as? Int == 60_000)
    #expect(data["notes"] as? [String] == ["a\nnote"])
    let read = try #require((data["files"] as? [[String: Any]])?.first)
    #expect(data["variant"] as? String == "half of it")
    #expect(read["name"] as? String == "\"a\"" && read["content_bytes"] as? Int == 7)
    #expect(read["path"] as? String == "/data/\"a\"" && read["content_sha256"] as? String == "cd")
  }

  @Test func itKnowsTheCommitAndWhatDiffersFromIt() throws {
    let folder = try TemporaryFolder()
    func git(_ arguments: String...) throws {
      let identity = ["-c", "user.name=A", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"]
      let outcome = try #require(Python.run("git", ["-C", folder.path] + identity + arguments))
      try #require(outcome.status == 0, "\(outcome.output)")
    }
    func state() throws -> (commit: String?, isDirty: Bool?) {
      let found = try members(Provenance(arguments: [], jobs: 1, threads: 1, repository: folder.path))
      return (found["git_commit"] as? String, found["git_dirty"] as? Bool)
    }
    func write(_ name: String) throws {
      try FileManager.default.createDirectory(
        atPath: (folder.file(name) as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      try Data("text".utf8).write(to: URL(fileURLWithPath: folder.file(name)))
    }
    guard Python.run("git", ["--version"]) != nil else { return }
    #expect(try state() == (nil, nil))
    try git("init", "-q")
    try write("a")
    try git("add", ".")
    try git("commit", "-q", "-m", "A commit")
    let clean = try state()
    #expect(clean.commit?.count == 40 && clean.isDirty == false)
    // What runs write themselves does not count.
    try write("Results/quickstart/summary.h5")
    try write("notebooks-export/a.ipynb")
    #expect(try state() == clean)
    try write("b")
    #expect(try state() == (clean.commit, true))
  }

  @Test func jsonIsJSON() throws {
    let json = JSON.object([
      ("null", .null), ("flag", .flag(true)), ("number", .number(1e-7)), ("nan", .number(.nan)),
      ("text", .text("\"\\\n\t\r\u{1}é")), ("list", .list([.integer(-1), .members([])])),
    ])
    #expect(
      json
        == #"{"null": null, "flag": true, "number": 1e-07, "nan": null, "text": "\"\\\n\t\r\u0001é", "list": [-1, {}]}"#
    )
    let read = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    #expect(read["text"] as? String == "\"\\\n\t\r\u{1}é" && read["number"] as? Double == 1e-7)
  }
}

extension Running {
  @Suite struct TrialDigestTests {
    @Test func timesAndProvenanceAreNoPartOfAResult() throws {
      let (bench, plan) = (try Bench(), try SweepPlan(.tiny))
      try bench.run(plan)
      let record = try bench.record(plan.ticket, of: plan)
      var later = record
      later.provenance = "{}"
      later.trial = "other"
      for index in later.rounds.indices { later.rounds[index].row[metric: .wallTime] += 1 }
      #expect(later.shortDigest == record.shortDigest)
      // One bit of one weight is.
      var other = record
      var weight = try #require(other.rounds[1].weights?["fc2.bias"])
      weight.scalars[0] = weight.scalars[0].nextUp
      other.rounds[1].weights?["fc2.bias"] = weight
      #expect(other.shortDigest != record.shortDigest)
      #expect(record.rounds[0].row[metric: .wallTime] > 0)
    }
  }
}
