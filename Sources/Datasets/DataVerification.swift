/// How the files of a data set on disk compare with what is published.
package struct DataVerification: Hashable, Sendable {
  /// What a comparison found.
  package enum Verdict: Hashable, Sendable {
    /// The published file.
    case matches
    /// Packed differently, but the published content.
    case sameContent
    /// Another file than the published one.
    case differs(expected: String)
    /// Nothing is published to compare with.
    case unpublished
    /// Nothing is published, but it is the file that was fetched.
    case asFetched
    /// Nothing is published, and it is not the file that was fetched.
    case changed(expected: String)
    /// The file is not there.
    case missing
  }

  /// One file.
  package struct Entry: Hashable, Sendable {
    /// Its published name.
    package let name: String
    /// Where it was found, if it was.
    package let path: String?
    /// Its size in bytes.
    package let bytes: Int
    /// SHA-256 of the file as it lies on disk.
    package let sha256: String
    /// The result.
    package let verdict: Verdict
  }

  /// The data set.
  package let dataset: String
  /// The folder its files were found in.
  package let folder: String
  /// Its files, in reading order.
  package let entries: [Entry]
  /// Why the files cannot be read as the data set; `nil` where they can, or their checksums say all.
  package let fault: String?

  /// Whether every file is the published one, or holds the same; of files without a published checksum, whether they are those
  /// that were fetched and can be read as the data set.
  package var isAsPublished: Bool {
    fault == nil
      && entries.allSatisfy { [.matches, .sameContent, .unpublished, .asFetched].contains($0.verdict) }
  }

  /// Compares the files found in the first folder that has one of them. Where nothing is published to compare all of them with,
  /// they are read as the data set.
  ///
  /// - Throws: `DatasetError.missing` where no folder has any; errors of reading and decompressing.
  package init(_ source: DatasetSource, in folders: DataFolders) throws(DatasetError) {
    dataset = source.name
    let files = source.files
    folder = try Self.folder(of: files, dataset: source.name, folders)
    let fetched = try FetchedFiles(folder)
    var entries: [Entry] = []
    for file in files.files {
      guard let path = DataFolders.path(of: file, in: folder) else {
        entries.append(Entry(name: file.name, path: nil, bytes: 0, sha256: "", verdict: .missing))
        continue
      }
      let record = try LoadedFile(path, as: file).record
      var verdict = file.verdict(on: record)
      if verdict == .unpublished, let expected = fetched[record.name] {
        verdict = expected == record.sha256 ? .asFetched : .changed(expected: expected)
      }
      entries.append(
        Entry(
          name: file.name, path: path, bytes: record.bytes, sha256: record.sha256,
          verdict: verdict))
    }
    self.entries = entries
    let isCertain = entries.allSatisfy { [.matches, .sameContent].contains($0.verdict) }
    let isWhole = !entries.contains { $0.verdict == .missing }
    fault = isCertain || !isWhole ? nil : Self.fault(source, folders)
  }

  /// The folder that has files of a data set; `nil` where none has any, or none are needed.
  package static func folder(of source: DatasetSource, in folders: DataFolders) -> String? {
    source.isEmbedded ? nil : try? folder(of: source.files, dataset: source.name, folders)
  }

  private static func folder(
    of files: DataFiles, dataset: String, _ folders: DataFolders
  ) throws(DatasetError) -> String {
    if let complete = try? folders.locate(files, dataset: dataset) { return complete }
    for root in folders.folders {
      for folder in files.folders.map({ "\(root)/\($0)" })
      where files.files.contains(where: { DataFolders.path(of: $0, in: folder) != nil }) {
        return folder
      }
    }
    return try folders.locate(files, dataset: dataset)
  }

  /// What reading the data set fails with.
  private static func fault(_ source: DatasetSource, _ folders: DataFolders) -> String? {
    do {
      _ = try source.load(from: folders)
      return nil
    } catch { return "\(error)" }
  }
}

extension DataVerification.Entry: CustomStringConvertible {
  /// The verdict in words.
  package var result: String {
    switch verdict {
    case .matches: "is the published file"
    case .sameContent: "holds the published content, packed differently"
    case .differs(let expected): "differs from the published checksum \(expected)"
    case .unpublished: "has no published checksum"
    case .asFetched: "has no published checksum, and is as it was fetched"
    case .changed(let expected):
      "has no published checksum, and is not as it was fetched (SHA-256 \(expected))"
    case .missing: "is not there"
    }
  }

  /// A line of the report.
  package var description: String {
    verdict == .missing ? "\(name) \(result)" : "\(name) \(result) (SHA-256 \(sha256), \(bytes) bytes)"
  }
}
