import Coppice

/// Stripes of two directions, 6×6, with noise.
struct Stripes: DatasetDefinition {
  var count = 120

  var specification: Specification { Specification("stripes", version: 1, [("count", .integer(count))]) }
  var summary: String { "stripes of two directions, 6×6, 2 classes" }

  func load(from folders: DataFolders) throws(DatasetError) -> Dataset {
    func examples(_ part: UInt32) -> Examples {
      var random = RandomStream(seed: 1, stream: .generation, substream: part)
      var values: [Float] = []
      for index in 0..<count {
        for row in 0..<6 {
          for column in 0..<6 { values.append(Float((index % 2 == 0 ? row : column) % 2) + random.normal()) }
        }
      }
      return Examples(values: values, labels: (0..<count).map { Int32($0 % 2) })
    }
    return try Dataset(
      name: "stripes", task: .imageClassification(channels: 1, height: 6, width: 6), training: examples(0),
      test: examples(1), classNames: ["rows", "columns"], validationCount: 20,
      record: DataRecord(dataset: "stripes", version: 1))
  }
}

extension DatasetSource {
  static let stripes = DatasetSource(Stripes())
}

extension Shipped<DatasetSource> {
  static let stripes = Shipped(.stripes) { fields in
    DatasetSource(Stripes(count: try fields.integer("count", in: 40...10_000, default: 120)))
  }
}
