/// The files of a data set: where they lie below a data folder, and where they are published.
public struct DataFiles: Hashable, Sendable {
  /// One file.
  public struct File: Hashable, Sendable {
    /// Its name inside the folder.
    public let name: String
    /// SHA-256 of the published file in hexadecimal; `nil` where none is published. Another file is not fetched.
    public let sha256: String?
    /// SHA-256 of its decompressed content, where that is known. It tells whether a file holds the original content.
    public let contentSHA256: String?
    /// Its published size in bytes, where known.
    public let bytes: Int?
    /// Other names under which people have it.
    public let alternatives: [String]
    /// The most bytes that are read of its content, decompressed, and of what a server sends in place of a file without a published
    /// checksum; `nil` for `LoadedFile.usualLimit`.
    public let contentLimit: Int?
    /// How its first bytes say how many there are.
    private(set) var announcement = SizeAnnouncement.none

    /// A file by name, with what is published about it.
    public init(
      _ name: String, sha256: String? = nil, contentSHA256: String? = nil, bytes: Int? = nil,
      alternatives: [String] = [], contentLimit: Int? = nil
    ) {
      (self.name, self.sha256, self.bytes, self.alternatives) = (name, sha256, bytes, alternatives)
      self.contentLimit = contentLimit
      // A file that is published as it is has the same checksum as its content.
      self.contentSHA256 = contentSHA256 ?? (name.hasSuffix(".gz") ? nil : sha256)
    }

    /// The same file, whose size its header announces.
    func announced(by announcement: SizeAnnouncement) -> File {
      var file = self
      file.announcement = announcement
      return file
    }

    /// The most bytes a server may send for it: those of the published file, where only that one is kept.
    var downloadLimit: Int { (sha256 == nil ? nil : bytes) ?? contentLimit ?? LoadedFile.usualLimit }

    /// The names it is found under: its own and the alternatives, each plain or with `.gz`.
    var names: [String] {
      var seen: Set<String> = []
      return ([name] + alternatives).flatMap { [$0, $0.droppingGzipEnding, $0.droppingGzipEnding + ".gz"] }
        .filter { seen.insert($0).inserted }
    }

    /// How a file that was read compares with what is published.
    package func verdict(on record: DataRecord.File) -> DataVerification.Verdict {
      guard let expected = sha256 ?? contentSHA256 else { return .unpublished }
      if record.sha256 == expected { return .matches }
      if record.contentSHA256 == contentSHA256 { return .sameContent }
      // What is packed differently cannot be compared where only the packed file has a checksum.
      return contentSHA256 == nil && !record.name.hasSuffix(".gz")
        ? .unpublished : .differs(expected: expected)
    }
  }

  /// The folders below a data folder where the files may lie; the first is where they are fetched to.
  public let folders: [String]
  /// The files, in reading order.
  public let files: [File]
  /// The addresses of the folder the files are published in, tried in order.
  public let addresses: [String]
  /// Where one archive (.tar.gz) holds all the files, that archive; it unpacks to `folders[0]`.
  public let archive: File?

  /// Files below `folders`, published at `addresses`, all in `archive` if given.
  public init(folders: [String], files: [File], addresses: [String] = [], archive: File? = nil) {
    (self.folders, self.files, self.addresses, self.archive) = (folders, files, addresses, archive)
  }
}
