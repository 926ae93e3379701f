import CoppiceTerms

/// Where the data of a result came from, for its provenance and its identity.
public struct DataRecord: Hashable, Sendable, Codable {
  /// A file that was read.
  public struct File: Hashable, Sendable, Codable {
    /// Its path.
    public var path: String
    /// Its size on disk in bytes.
    public var bytes: Int
    /// SHA-256 of the file as it lies on disk, in hexadecimal.
    public var sha256: String
    /// The size of what it holds, decompressed, in bytes.
    public var contentBytes: Int
    /// SHA-256 of what it holds, decompressed: equal for the same data packed differently.
    public var contentSHA256: String

    /// A file as it was read; `LoadedFile` makes the record of one.
    public init(path: String, bytes: Int, sha256: String, contentBytes: Int, contentSHA256: String) {
      self.path = path
      self.bytes = bytes
      self.sha256 = sha256
      self.contentBytes = contentBytes
      self.contentSHA256 = contentSHA256
    }

    /// Its name, without the folder.
    public var name: String { path.split(separator: "/").last.map(String.init) ?? path }

    /// What it is called and what it holds, however it is packed and wherever it lies.
    fileprivate var identity: Specification.Value {
      .list([.text(name.droppingGzipEnding), .integer(contentBytes), .text(contentSHA256)])
    }
  }

  /// The data set.
  public var dataset: String
  /// Version of its reader or generator.
  public var version: Int
  /// The files read, in reading order; none where the data are generated.
  public var files: [File] = []
  /// Examples for training, before the validation split is taken out.
  public var trainingCount: Int = 0
  /// Examples of a validation part that came with the data; 0 where it is split from training.
  public var validationCount: Int = 0
  /// Examples for the test.
  public var testCount: Int = 0
  /// Classes, or tokens for language modelling.
  public var classCount: Int = 0
  /// How bytes became inputs.
  public var inputScaling: String = "none"
  /// What a reader of results should know: labels that were missing, files that were not there.
  public var notes: [String] = []
  /// What these data are other than the published set, as results are to name them: `not the original files`. `nil` where they
  /// are the published ones, or nothing is published.
  public var variant: String?
  /// What differs from the published files, one sentence each; `DatasetSource.load` fills it in.
  public var differences: [String] = []

  /// A record with no counts; `Dataset` fills them in.
  public init(
    dataset: String, version: Int, files: [File] = [], notes: [String] = [], variant: String? = nil
  ) {
    (self.dataset, self.version, self.files, self.notes) = (dataset, version, files, notes)
    self.variant = variant
  }

  /// What results of a shipped set depend on: the contents of the files, not where they lie nor how they are packed.
  package var identity: Specification.Value {
    .list(files.map { .text($0.contentSHA256) } + [.integer(version)])
  }

  /// What results of a set of one's own depend on: name, size and contents of every file, and the digest of what was made of
  /// them, so that a file that is read and not recorded counts as well.
  func identity(examples digest: String) -> Specification.Value {
    .list(files.map(\.identity) + [.integer(version), .text(digest)])
  }

  /// Why these are not the published data: what differs, and what else is known of them.
  package var reasons: [String] { notes + differences }

  /// Says what differs from the published files, and names a variant where anything does.
  mutating func compare(with published: DataFiles) {
    for file in published.files {
      guard let record = files.first(where: { file.names.contains($0.name) }),
        case .differs(let expected) = file.verdict(on: record)
      else { continue }
      differences.append(
        "\(record.path) differs from the published \(file.name): SHA-256 \(record.sha256.prefix(12))… instead of "
          + "\(expected.prefix(12))…")
    }
    if !differences.isEmpty, variant == nil { variant = Self.notOriginal }
  }

  /// The name of data that are read in place of the published ones.
  static let notOriginal = "not the original files"
}

extension StringProtocol {
  /// Without `.gz` at the end.
  var droppingGzipEnding: String { hasSuffix(".gz") ? String(dropLast(3)) : String(self) }
}
