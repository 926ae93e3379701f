/// The files of a data set: where they lie below a data folder, and where they are published.
public struct DataFiles: Hashable, Sendable {
  /// One file.
  public struct File: Hashable, Sendable {
    /// Its name inside the folder.
    public let name: String
    /// SHA-256 of the published file in hexadecimal; `nil` where none is published.
    public let sha256: String?
    /// SHA-256 of its decompressed content, where that is published.
    public let contentSHA256: String?
    /// Its published size in bytes, where known.
    public let bytes: Int?

    /// A file by name, with what is published about it.
    public init(_ name: String, sha256: String? = nil, contentSHA256: String? = nil, bytes: Int? = nil) {
      (self.name, self.sha256, self.contentSHA256, self.bytes) = (name, sha256, contentSHA256, bytes)
    }

    /// The name without `.gz`.
    var plainName: String { name.hasSuffix(".gz") ? String(name.dropLast(3)) : name }
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
