import CoppiceTerms
import Foundation

/// What was fetched into a folder for which no checksums are published: the file `SHA256SUMS` beside the data, as `sha256sum -c`
/// reads it, one `DIGEST  NAME` a line.
struct FetchedFiles: Equatable {
  static let name = "SHA256SUMS"

  let path: String
  private var entries: [Entry] = []

  private struct Entry: Equatable {
    let name: String
    let sha256: String
  }

  /// What stands in the folder's file; nothing where there is none.
  ///
  /// - Throws: `DatasetError.unreadable` where something else stands in its place, or it cannot be read.
  init(_ folder: String) throws(DatasetError) {
    path = "\(folder)/\(Self.name)"
    let bytes: [UInt8]
    do { bytes = try ReadableFile.bytes(path, atMost: 1 << 20) } catch {
      if error.systemError == ENOENT { return }
      throw .unreadable(path: path, reason: error.reason)
    }
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      let parts = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
      guard parts.count == 2, parts[0].count == 64 else { continue }
      self[String(parts[1].drop { " *".contains($0) })] = String(parts[0])
    }
  }

  /// SHA-256 of a file by its name.
  subscript(name: String) -> String? {
    get { entries.first { $0.name == name }?.sha256 }
    set {
      entries.removeAll { $0.name == name }
      if let newValue { entries.append(Entry(name: name, sha256: newValue)) }
    }
  }

  /// Writes the file, whole or not at all.
  func write() throws(DatasetError) {
    let text = entries.sorted { $0.name < $1.name }.map { "\($0.sha256)  \($0.name)\n" }.joined()
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch { throw .unwritable(path: path, reason: LoadedFile.reason(error)) }
  }
}
