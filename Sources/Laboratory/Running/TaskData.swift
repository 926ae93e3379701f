import CoppiceDatasets
import CoppiceNetworks
import CoppiceTerms
import Synchronization

/// A data set in memory, split for one seed, as a model meets it.
package struct TaskData: Sendable {
  package let dataset: Dataset
  private let source: DatasetSource
  private let seed: Int
  private let splits: SplitCache
  private let corrupted: CorruptedParts
  package let interface: Interface
  /// The name of the data in results: the data set's, and how they differ from those that are published.
  package var name: String {
    dataset.record.variant.map { "\(source.name), \($0)" } ?? source.name
  }
  /// What results depend on: the source with its options, and what the files held.
  package let specification: Specification

  fileprivate init(
    _ source: DatasetSource, _ loaded: DataLibrary.Loaded, seed: Int, _ splits: SplitCache,
    _ corrupted: CorruptedParts
  ) {
    dataset = loaded.dataset
    self.source = source
    self.seed = seed
    (self.splits, self.corrupted) = (splits, corrupted)
    interface = Interface(dataset.task, classes: dataset.classCount)
    specification = Specification(
      "data", version: 1,
      [("source", .component(source.specification)), ("contents", loaded.identity)])
  }

  /// The three parts for this seed.
  package var split: Split { splits.split(dataset, source, seed: seed) }

  /// The examples for the test, corrupted.
  package func test(_ corruption: Corruption) throws -> Subset {
    try corrupted.part(corruption, of: source) { try corruption.applied(to: split.test, of: dataset) }
  }

  /// Training steps in one pass over the training data; 0 where they do not fill one batch.
  package func stepsPerEpoch(batchSize: Int) -> Int { dataset.stepsPerEpoch(batchSize: batchSize) }
}

/// The splits that were made last. A split is a function of data set and seed, and as long as the data set. Trials that share one
/// need not make it again, and a plan of a thousand seeds need not hold a thousand of them.
final class SplitCache: Sendable {
  private static let capacity = 8
  private let recent = Mutex<[(source: DatasetSource, seed: Int, split: Split)]>([])

  func split(_ dataset: Dataset, _ source: DatasetSource, seed: Int) -> Split {
    let known = recent.withLock { recent in recent.first { $0.seed == seed && $0.source == source } }
    if let known { return known.split }
    // Made outside the lock, so that other seeds need not wait; a split made twice is the same split.
    let split = Split(dataset, seed: UInt64(bitPattern: Int64(seed)))
    recent.withLock { recent in
      recent.append((source, seed, split))
      if recent.count > Self.capacity { recent.removeFirst() }
    }
    return split
  }
}

extension Interface {
  /// Examples evaluated at once: enough to keep the kernels busy, few enough to stay in the caches.
  package var evaluationBatch: Int { max(16, min(64, 200_000 / max(1, exampleShape.count))) }

  /// The interface of a data set's task.
  package init(_ task: DatasetTask, classes: Int) {
    switch task {
    case .imageClassification(let channels, let height, let width):
      self = .images([channels, height, width], classes: classes)
    case .vectorClassification(let features): self = .images([features], classes: classes)
    case .sequenceClassification(let length, let vocabulary):
      self = .sequences(length: length, vocabulary: vocabulary, classes: classes)
    case .languageModelling(let length, let vocabulary):
      self = .language(length: length, vocabulary: vocabulary)
    }
  }
}

/// The data sets of a run: each is read once, whoever asks first.
package final class DataLibrary: Sendable {
  /// A data set with what results depend on of it.
  fileprivate struct Loaded: Sendable {
    let dataset: Dataset
    let identity: Specification.Value
    let isFetchable: Bool
  }

  private let folders: DataFolders
  private let isStrict: Bool
  /// Where tables of latencies lie, by which targets are decided.
  package let tables: LatencyTables
  private let splits = SplitCache()
  private let corrupted = CorruptedParts()
  private let loaded = Mutex<[DatasetSource: Loaded]>([:])

  /// The data sets in some folders.
  ///
  /// - Parameters:
  ///   - isStrict: whether data are refused that are not the published ones.
  ///   - tables: the folder of tables of latencies.
  package init(_ folders: DataFolders, isStrict: Bool = false, tables: String = "Results/costs") {
    (self.folders, self.isStrict, self.tables) = (folders, isStrict, LatencyTables(tables))
  }

  /// A data set, split by a seed.
  ///
  /// - Throws: `DatasetError` where files are missing or bad, or other than the published ones and only those are wanted.
  package func data(_ source: DatasetSource, seed: Int) throws -> TaskData {
    let loaded = try loaded.withLock { loaded in
      if let known = loaded[source] { return known }
      let dataset = try source.load(from: folders)
      let isFetchable = !source.files.addresses.isEmpty
      if isStrict, dataset.record.variant != nil {
        throw DatasetError.notPublished(
          dataset: source.name, differences: dataset.record.reasons, canFetch: isFetchable)
      }
      let new = Loaded(dataset: dataset, identity: source.identity(of: dataset), isFetchable: isFetchable)
      loaded[source] = new
      return new
    }
    return TaskData(source, loaded, seed: seed, splits, corrupted)
  }

  /// What is to be said of data that are not the published ones: how they differ, what results call them, and what to do.
  package var warnings: [String] {
    let loaded = loaded.withLock { $0.map { (source: $0.key, loaded: $0.value) } }
    let sentences = loaded.compactMap { source, loaded -> String? in
      let record = loaded.dataset.record
      guard let variant = record.variant else { return nil }
      return """
        \(source.name) is not the published data set: results call it "\(source.name), \(variant)", and --strict-data refuses it
        \(record.reasons.map { "  " + $0 }.joined(separator: "\n"))
        """
          + (loaded.isFetchable
            ? "\n  the published files are fetched with `coppice data fetch \(source.name) --data DIR`" : "")
    }
    return Array(Set(sentences)).sorted()
  }

  /// Where the data sets read so far came from, by name.
  package var records: [DataRecord] {
    loaded.withLock { $0.values.map(\.dataset.record).sorted { $0.dataset < $1.dataset } }
  }
}
