import CoppiceTerms

extension DatasetSource: Catalogued {
  /// The data sets that ship with Coppice, with their default options; embedded ones first.
  public static let catalogue = Catalogue<DatasetSource>(
    "data set",
    [
      .glyphs,
      .gratings,
      .induction,
      .teacher,
      .topics,
      .mnist,
      .fashionMNIST,
      .cifar10,
      .sst2,
      .tinyShakespeare,
    ])
}

/// Another name of `DatasetSource`, for what is shipped: `Datasets.all`.
public typealias Datasets = DatasetSource

extension Shipped<DatasetSource> {
  /// A data set, whose summary is its own, read as it is: a field that is written must have the value it has here.
  public init(_ source: DatasetSource, paper: String? = nil) {
    self.init(source, source.summary, paper: paper)
  }

  /// A data set, whose summary is its own. `read` takes out the options.
  public init(
    _ source: DatasetSource, paper: String? = nil,
    read: @escaping @Sendable (inout SpecificationReader) throws -> DatasetSource
  ) {
    self.init(source, source.summary, paper: paper, read: read)
  }

  /// A shipped set, whose summary is its own. `read` takes out the options.
  static func dataset(
    _ source: DatasetSource, paper: String? = nil,
    read: @escaping @Sendable (inout SpecificationReader) throws -> DatasetSource
  ) -> Shipped {
    Shipped(source, source.summary, paper: paper, read: read)
  }
}
