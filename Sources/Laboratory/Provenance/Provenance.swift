import CoppiceDatasets
import CoppiceHDF5
import CoppiceTerms
import Foundation

/// Where, when and with what a result was computed. Stored beside every result, never part of its identity.
package struct Provenance: Sendable {
  /// The version of Coppice.
  package static let toolVersion = "0.1.0"

  private let members: [(name: String, value: JSON)]

  /// The provenance of a run that begins now.
  ///
  /// - Parameter repository: the folder whose git state is recorded.
  package init(
    arguments: [String], jobs: Int, threads: Int,
    repository: String = FileManager.default.currentDirectoryPath
  ) {
    let formatter = ISO8601DateFormatter()
    let git = GitState(repository)
    members = [
      ("tool", .text("coppice \(Self.toolVersion)")),
      ("command", .text(arguments.joined(separator: " "))),
      ("started", .text(formatter.string(from: Date()))),
      ("git_commit", git.commit.map(JSON.text) ?? .null), ("git_dirty", git.isDirty.map(JSON.flag) ?? .null),
      ("swift", .text(Self.swiftVersion)), ("build", .text(Self.build)),
      ("executable_sha256", .text(Executable.digest)),
      ("hdf5", .text(Library.version)),
      ("numerics", .integer(StageKey.numericsVersion)),
      ("processor", .text(Self.processor)),
      ("kernels", .text(KernelVariant.current)),
      ("cores", .integer(ProcessInfo.processInfo.activeProcessorCount)),
      ("jobs", .integer(jobs)), ("threads", .integer(threads)),
      ("system", .text(ProcessInfo.processInfo.operatingSystemVersionString)),
    ]
  }

  /// As JSON, with the data sets that were read and the seeds that were used.
  package func json(data: [DataRecord], seeds: [Int]) -> String {
    let records = data.map { record in
      JSON.members([
        ("dataset", .text(record.dataset)), ("variant", record.variant.map(JSON.text) ?? .null),
        ("version", .integer(record.version)),
        ("training", .integer(record.trainingCount)), ("test", .integer(record.testCount)),
        ("input_scaling", .text(record.inputScaling)), ("notes", .list(record.notes.map(JSON.text))),
        ("differences", .list(record.differences.map(JSON.text))),
        (
          "files",
          .list(
            record.files.map {
              .members([
                ("name", .text($0.name)), ("path", .text($0.path)), ("bytes", .integer($0.bytes)),
                ("sha256", .text($0.sha256)), ("content_bytes", .integer($0.contentBytes)),
                ("content_sha256", .text($0.contentSHA256)),
              ])
            })
        ),
      ])
    }
    return JSON.object(
      members + [("data", .list(records)), ("seeds", .list(Array(Set(seeds)).sorted().map(JSON.integer)))])
  }

  /// The compiler's version.
  package static var swiftVersion: String {
    #if compiler(>=6.4)
      "6.4 or newer"
    #elseif compiler(>=6.3)
      "6.3"
    #elseif compiler(>=6.2)
      "6.2"
    #else
      "6.1"
    #endif
  }

  /// `debug` or `release`.
  package static var build: String {
    #if DEBUG
      "debug"
    #else
      "release"
    #endif
  }

  /// The processor's name, where the system tells it.
  package static var processor: String {
    guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix("model name") }),
      let colon = line.firstIndex(of: ":")
    else { return "unknown" }
    return line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
  }
}
