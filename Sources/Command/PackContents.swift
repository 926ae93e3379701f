import Coppice
import CoppiceExchange
import CoppiceReporting
import CoppiceStore
import Foundation

/// What `pack` puts into an archive for those who evaluate an artefact: results, expected values, where they come from, and how to
/// make and to verify them.
struct PackContents {
  /// How much of the results goes along.
  enum Extent: String, CaseIterable {
    case summary, trials, stages
  }

  private(set) var members: [ArchiveMember] = []
  /// What is not there, a sentence each.
  private(set) var notes: [String] = []
  private let name: String
  private let summary: Summary
  private let folder: String

  /// Gathers what belongs to a summary.
  ///
  /// - Parameters:
  ///   - path: the summary; what else there is lies beside it.
  ///   - archive: what the archive is called, for the commands in it.
  init(_ path: String, _ extent: Extent, archive: String, _ library: DataLibrary) throws {
    summary = try SummaryFile.read(path)
    folder =
      (path as NSString).deletingLastPathComponent.isEmpty
      ? "." : (path as NSString).deletingLastPathComponent
    name = summary.experiment
    var files: [ArchiveMember] = [ArchiveMember("summary.h5", .file(path))]
    files += try digestsAndTrials(extent)
    if extent == .stages { files += try stages(library) }
    let drawn = found("", ["svg", "png", "pdf"]).map { ArchiveMember("figures/\($0.name)", .file($0.path)) }
    let told =
      found("", ["html", "md"]).map { ArchiveMember("reports/\($0.name)", .file($0.path)) } + notebooks
    let tables = found("/../costs", ["json"]).map { ArchiveMember("costs/\($0.name)", .file($0.path)) }
    files += drawn + told + tables
    files.append(ArchiveMember("index.csv", text: Table(summary.rows).commaSeparated))
    let curves = try? CurveSet(summary.rows).table(of: ["test_accuracy", "test_loss"])
    if let curves { files.append(ArchiveMember("expected.csv", text: curves.commaSeparated)) }
    files.append(ArchiveMember("environment.json", text: environment + "\n"))
    files.append(ArchiveMember("data.json", text: (provenance["data"] ?? .list([])).text + "\n"))
    let readme = PackReadme(summary, files: files.map(\.name), archive: archive, expected: curves)
    files.append(ArchiveMember("README.txt", text: readme.text))
    let root = name.contains("/") ? "results" : name
    let manifest = try files.sorted { $0.name < $1.name }.map { "\(try Self.digest($0))  \($0.name)\n" }
      .joined()
    files.append(ArchiveMember(PackedResults.manifest, text: manifest))
    members = files.map { ArchiveMember("\(root)/\($0.name)", $0.contents) }
  }

  private static func digest(_ member: ArchiveMember) throws -> String {
    switch member.contents {
    case .bytes(let bytes): ResultDigest.text(of: bytes)
    case .file(let path): try ResultDigest.text(ofFile: path)
    }
  }

  private var provenance: JSON { JSON(parsing: summary.provenance) ?? .null }

  /// What the results were computed with, without the data sets.
  private var environment: String {
    guard case .members(let members) = provenance else { return "{}" }
    return "{\n"
      + members.filter { $0.name != "data" }.map { "  \(JSON.text($0.name).text): \($0.value.text)" }.joined(
        separator: ",\n") + "\n}"
  }

  /// The trial files that were asked for, and the digests of all that there are.
  private mutating func digestsAndTrials(_ extent: Extent) throws -> [ArchiveMember] {
    let names = SummaryTrials(summary).finished.map(\.name)
    let there = names.filter { FileManager.default.fileExists(atPath: "\(folder)/trials/\($0).h5") }
    if there.count < names.count, extent != .summary || !there.isEmpty {
      notes.append("\(names.count - there.count) of \(names.count) trials have no file beside the summary")
    }
    guard !there.isEmpty else { return [] }
    var digests: [(name: String, digest: String)] = []
    for name in there {
      let file = try TrialFile("\(folder)/trials/\(name).h5")
      // Under another version of the numerics nothing can be compared with them.
      guard case .integer(StageKey.numericsVersion)? = JSON(parsing: try file.provenance)?["numerics"] else {
        continue
      }
      digests.append((name, try file.record().sha256))
    }
    return (digests.isEmpty ? [] : [ArchiveMember(DigestList.fileName, text: DigestList(digests).text)])
      + (extent == .summary
        ? [] : there.map { ArchiveMember("trials/\($0).h5", .file("\(folder)/trials/\($0).h5")) })
  }

  /// The stages that the trials are made of, as far as they are stored.
  private mutating func stages(_ library: DataLibrary) throws -> [ArchiveMember] {
    let stored = ResultsFolder((folder as NSString).deletingLastPathComponent).stages
    var met: Set<String> = []
    var (members, missing): ([ArchiveMember], Int) = ([], 0)
    for trial in SummaryTrials(summary).all {
      for stage in try TrialPlan(try Trial(configuration: trial.configuration), library).stages {
        let key = stage.key.hexadecimal
        guard met.insert(key).inserted else { continue }
        if stored.contains(key) {
          members.append(ArchiveMember("stages/\(key.prefix(2))/\(key).h5", .file(stored.file(key))))
        } else {
          missing += 1
        }
      }
    }
    if missing > 0 { notes.append("\(missing) of \(met.count) stages are not stored") }
    return members
  }

  /// Files beside the summary with one of these endings, sorted.
  private func found(_ below: String, _ endings: Set<String>) -> [(name: String, path: String)] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder + below)) ?? []
    return names.filter { endings.contains(($0 as NSString).pathExtension) && !$0.hasPrefix(".") }.sorted()
      .map { ($0, "\(folder)\(below)/\($0)") }.filter { FileKind(at: $0.1) == .file }
  }

  /// The notebook of the experiment, where one was exported.
  private var notebooks: [ArchiveMember] {
    ["ipynb", "py"].compactMap { ending in
      let path = "notebooks-export/\(name).\(ending)"
      return FileKind(at: path) == .file ? ArchiveMember("reports/\(name).\(ending)", .file(path)) : nil
    }
  }
}
