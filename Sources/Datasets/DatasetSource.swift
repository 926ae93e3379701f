import CoppiceTerms

/// How a data set comes about: its name and options, the files it needs, and how to load it.
///
/// Conform to add a set of one's own, and wrap it in a static member of `DatasetSource` so that sweeps can write it
/// as `.name`.
public protocol DatasetDefinition: Sendable {
  /// Name, version and options. Raise the version whenever a change alters an example; leave it `nil` while at work.
  var specification: Specification { get }
  /// One line for listings.
  var summary: String { get }
  /// The files it reads, where they lie below a data folder and where they are published; none if generated.
  var files: DataFiles { get }
  /// Reads or generates it.
  func load(from folders: DataFolders) throws(DatasetError) -> Dataset
}

extension DatasetDefinition {
  /// No files: the set is generated.
  public var files: DataFiles { DataFiles(folders: [], files: []) }
}

/// A data set as a sweep names it: `.mnist`, `.glyphs(difficulty: 0.8)`. Nothing is read until it is loaded.
public struct DatasetSource: Component {
  /// How the set comes about.
  public let definition: any DatasetDefinition

  /// Wraps a definition.
  public init(_ definition: some DatasetDefinition) { self.definition = definition }

  /// Name, version and options of the set.
  public var specification: Specification { definition.specification }
  /// One line for listings.
  public var summary: String { definition.summary }
  /// The files it reads.
  public var files: DataFiles { definition.files }
  /// Whether it is generated in code and needs no file.
  public var isEmbedded: Bool { definition.files.files.isEmpty }

  /// Reads or generates the data.
  ///
  /// - Throws: `DatasetError` for files that are missing or bad and for options out of range.
  public func load(from folders: DataFolders) throws(DatasetError) -> Dataset {
    try definition.load(from: folders)
  }
}
