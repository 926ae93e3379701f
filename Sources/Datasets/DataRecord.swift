import CoppiceTerms

/// Where the data of a result came from, for its provenance and its identity.
public struct DataRecord: Hashable, Sendable, Codable {
  /// A file that was read.
  public struct File: Hashable, Sendable, Codable {
    /// Its path.
    public var path: String
    /// Its size in bytes.
    public var bytes: Int
    /// SHA-256 of the file as it lies on disk, in hexadecimal.
    public var sha256: String
    /// SHA-256 of what it holds, decompressed: equal for the same data packed differently.
    public var contentSHA256: String
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
  /// What a reader of results should know: a variant of the files, labels that were missing.
  public var notes: [String] = []

  /// A record with no counts; `Dataset` fills them in.
  public init(dataset: String, version: Int, files: [File] = [], notes: [String] = []) {
    (self.dataset, self.version, self.files, self.notes) = (dataset, version, files, notes)
  }

  /// What results depend on: the contents of the files, not where they lie nor how they are packed.
  package var identity: Specification.Value {
    .list(files.map { .text($0.contentSHA256) } + [.integer(version)])
  }
}
