import CoppiceTerms
import Foundation

/// A folder of tables of latencies: each is called by its digest.
package struct LatencyTables: Sendable {
  package let folder: String

  package init(_ folder: String) { self.folder = folder }

  /// Where a table lies.
  package func path(_ digest: String) -> String { "\(folder)/\(digest).json" }

  /// The table of a digest, or of the beginning of one.
  /// - Throws: `LatencyTableError` where there is none, or several, or the file is not what its name says.
  package func table(_ digest: String) throws -> LatencyTable {
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    let found = names.filter { $0.hasSuffix(".json") && $0.hasPrefix(digest.lowercased()) }
    guard let name = found.first else { throw LatencyTableError.missing(digest, folder: folder) }
    guard found.count == 1 else { throw LatencyTableError.several(digest, found) }
    guard let bytes = try? ReadableFile.bytes("\(folder)/\(name)", atMost: 1 << 26) else {
      throw LatencyTableError.damaged("\(folder)/\(name)")
    }
    let text = String(decoding: bytes, as: UTF8.self)
    guard name == LatencyTable.digest(of: text) + ".json", let table = LatencyTable(text: text),
      table.digest + ".json" == name
    else { throw LatencyTableError.damaged("\(folder)/\(name)") }
    return table
  }

  /// Writes a table, and says where it lies.
  package func write(_ table: LatencyTable) throws -> String {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let path = path(table.digest)
    try Data(table.text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    return path
  }
}

/// Why a target of latency cannot be decided.
package enum LatencyTableError: Error, Hashable, CustomStringConvertible, ReportedError {
  /// There is no such table.
  case missing(String, folder: String)
  /// Several tables begin so.
  case several(String, [String])
  /// The file is not what its name says.
  case damaged(String)
  /// It is a table of another network.
  case network(String, of: String, wanted: String)
  /// It is a table of passes of another size.
  case batch(String, of: Int, wanted: Int)

  package var description: String {
    switch self {
    case .missing(let digest, let folder):
      "there is no table of costs \(digest) in \(folder): measure one with `\(ProgramName.current) costs MODEL`, which prints its digest"
    case .several(let digest, let names):
      "\(digest) is the beginning of \(names.count) tables of costs: write more digits, as in "
        + names.map { String($0.prefix(16)) }.joined(separator: ", ")
    case .damaged(let path):
      "\(path) is no table of costs, or was changed after it was measured: measure one with `\(ProgramName.current) costs MODEL`"
    case .network(let digest, let network, let wanted):
      "the table of costs \(digest.prefix(8)) is of \(network), and the trial's network is \(wanted): measure one with "
        + "`\(ProgramName.current) costs MODEL`"
    case .batch(let digest, let batch, let wanted):
      "the table of costs \(digest.prefix(8)) is of passes of \(batch) \(batch == 1 ? "example" : "examples"), and the target says "
        + "batch: \(wanted): set batch: \(batch), or measure one with `\(ProgramName.current) costs MODEL --batch \(wanted)`"
    }
  }

  package var exitCode: FailureCode {
    switch self {
    case .missing: .inputMissing
    case .damaged: .badData
    case .several, .network, .batch: .usage
    }
  }
}
