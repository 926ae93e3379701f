import Coppice

// What the pages show beside the parts of this program: it compiles here as it stands there.

struct Readings: DatasetDefinition {
  var specification: Specification { Specification("readings", version: 1) }
  var summary: String { "three numbers, yes or no" }
  var files: DataFiles { DataFiles(folders: ["readings"], files: [.init("readings.csv")]) }

  func load(from folders: DataFolders) throws(DatasetError) -> Dataset {
    let loaded = try folders.load(files, dataset: "readings")  // DIR/readings/readings.csv, or .csv.gz
    let rows = try loaded[0].text().split(separator: "\n").map { $0.split(separator: ",") }
    func examples(_ rows: ArraySlice<[Substring]>) -> Examples {
      Examples(
        values: rows.flatMap { $0.dropLast().compactMap { Float($0) } },
        labels: rows.compactMap { Int32($0.last ?? "") })
    }
    return try Dataset(
      name: "readings", task: .vectorClassification(features: 3), training: examples(rows[..<800]),
      test: examples(rows[800...]), classNames: ["no", "yes"], validationCount: 100,
      record: DataRecord(dataset: "readings", version: 1, files: loaded.map(\.record)))
  }
}

extension DatasetSource { static let readings = DatasetSource(Readings()) }

extension Experiment {
  /// Every criterion with every schedule, but for one pair.
  static let pairs = Experiment(
    "pairs", question: "Does the schedule matter as much as the criterion?",
    base: Trial(model: .mlp([8]), dataset: .stripes, batchSize: 20, training: .iterations(20))
  ) {
    Axis(\.criterion, [.magnitude, .random])
    Axis(\.schedule, [.oneShot, .iterative(rounds: 2)])
    Where { $0.criterion == .magnitude || $0.schedule == .oneShot }
    Axis(\.sparsity, [0.5, 0.75])
    Axis(\.seed, 0..<2)
  }
}

/// A recipe that is written out.
let written =
  Trial(
    dataset: .glyphs,
    recipe: Recipe([
      .train(), .prune(sparsity: 0.5), .retrain(.fineTune()), .prune(sparsity: 0.9), .retrain(.rewind()),
    ]))
