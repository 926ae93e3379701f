import Coppice
import CoppiceStore
import Foundation

/// A file of the results folder, as it is served: pages, figures and texts are shown, all else is for saving.
struct SiteFile {
  private let file: InnerFile
  private let ending: String

  /// - Parameter names: those on the way from the results folder, the last that of the file.
  /// - Returns: `nil` where there is no such file inside the folder.
  init?(_ names: [String], in results: ResultsFolder) {
    guard let file = InnerFile(names, below: results.path), let name = names.last else { return nil }
    (self.file, ending) = (file, (name as NSString).pathExtension.lowercased())
  }

  var answer: Answer {
    var answer = Answer(file, type: Self.types[ending] ?? "application/octet-stream")
    // A page of `report` has one script of its own. It is kept apart from this server, of which it may ask nothing. A figure has none.
    if ["html", "svg"].contains(ending) {
      answer.policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; "
      answer.policy += ending == "html" ? "script-src 'nonce-coppice'; sandbox allow-scripts" : "sandbox"
    }
    if Self.types[ending] == nil { answer.further.append(("Content-Disposition", "attachment")) }
    return answer
  }

  private static let text = "text/plain; charset=utf-8"
  private static let types = [
    "html": "text/html; charset=utf-8", "svg": "image/svg+xml", "png": "image/png", "pdf": "application/pdf",
    "json": text, "jsonl": text, "txt": text, "log": text, "out": text, "err": text, "csv": text, "md": text,
    "sh": text, "sbatch": text,
  ]

  /// The most files that are listed of an experiment.
  private static let most = 200

  /// What a reader may want to open of an experiment: pages, figures and logs in its folder, and in the folders in it but for those of
  /// trials. Each is the way to it from the experiment's folder.
  static func names(of experiment: String, in results: ResultsFolder) -> [String] {
    let root = FileName.shortened(experiment)
    var found: [String] = []
    for folder in [nil] + folders(in: results.folder(of: experiment)).map(Optional.some) {
      let way = [root] + (folder.map { [$0] } ?? [])
      guard InnerFile.isFolder(way, below: results.path) else { continue }
      for name in entries(results.path + "/" + way.joined(separator: "/"))
      where types[(name as NSString).pathExtension.lowercased()] != nil && found.count < most
        && InnerFile(way + [name], below: results.path) != nil
      {
        found.append((way.dropFirst() + [name]).joined(separator: "/"))
      }
    }
    return found
  }

  private static func folders(in path: String) -> [String] {
    entries(path).filter {
      !["trials", "set-aside"].contains($0) && FileKind(at: "\(path)/\($0)") == .folder
    }
  }

  private static func entries(_ path: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }
}
