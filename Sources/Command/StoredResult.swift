import Coppice
import CoppiceExchange
import CoppiceStore
import Foundation

/// A file of results that a user names: a trial, a summary, an archive of both, or a list of digests.
enum StoredResult {
  case trial(String)
  case summary(String)
  case archive(String)
  case digests(String)

  /// What is meant by a path, an experiment's name, `EXPERIMENT/TRIAL`, or a part of a trial's name.
  ///
  /// - Throws: a failure where nothing is; `StoreError` where a file is none of these.
  init(_ text: String, in results: StoredResults) throws {
    switch FileKind(at: text) {
    case .file?: self = try Self.kind(of: text)
    case .folder? where FileManager.default.fileExists(atPath: text + "/summary.h5"):
      self = .summary(text + "/summary.h5")
    default:
      // An experiment counts before a trial that is named like it.
      if let name = try? results.name(text), !text.contains("/") {
        let digests = results.folder.folder(of: name) + "/" + DigestList.fileName
        let hasSummary = FileManager.default.fileExists(atPath: results.folder.summary(of: name))
        self =
          !hasSummary && FileManager.default.fileExists(atPath: digests)
          ? .digests(digests) : .summary(try results.summary(text))
      } else if text.hasSuffix(".h5") || text.hasSuffix(".gz") || text.hasSuffix(".tgz") {
        throw CommandFailure("there is no \(text)", CommandFailure.inputMissing)
      } else {
        self = .trial(try results.trial(text))
      }
    }
  }

  private static func kind(of path: String) throws -> StoredResult {
    if Archive.isArchive(path) { return .archive(path) }
    if (path as NSString).lastPathComponent == DigestList.fileName { return .digests(path) }
    // A trial's reader says what a file is that is neither.
    return try Format.kind(of: path) == Format.summary.kind ? .summary(path) : .trial(path)
  }

  /// The words for it.
  var kind: String {
    switch self {
    case .trial: "a trial"
    case .summary: "a summary"
    case .archive: "an archive"
    case .digests: "a list of digests"
    }
  }
}
