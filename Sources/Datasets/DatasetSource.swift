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
  /// Reads or generates it. `folders.load(files, dataset: name)` reads the files; their records belong into the `DataRecord`.
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

  /// Whether its definition is one of those that ship, whose versions are raised with their examples.
  package var isShipped: Bool {
    Datasets.all.contains { type(of: $0.definition) == type(of: definition) }
  }

  /// Reads or generates the data, and says in their record what differs from the published files.
  ///
  /// - Throws: `DatasetError` for files that are missing or bad and for options out of range.
  public func load(from folders: DataFolders) throws(DatasetError) -> Dataset {
    var dataset = try definition.load(from: folders)
    dataset.record.compare(with: definition.files)
    return dataset
  }

  /// What results depend on beside the options: what the files held and, in a set of one's own, what was made of them.
  package func identity(of dataset: Dataset) -> Specification.Value {
    isShipped ? dataset.record.identity : dataset.record.identity(examples: dataset.digest)
  }
}
