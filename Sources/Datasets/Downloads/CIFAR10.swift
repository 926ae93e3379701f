import CoppiceTerms
import Foundation

/// Colour images of ten kinds of things, 3×32×32, 50,000 for training and 10,000 for the test.
///
/// A. Krizhevsky, "Learning multiple layers of features from tiny images", 2009. The binary version: records of one
/// label byte and 3,072 bytes of red, green and blue planes. Any number of `data_batch_*.bin` is read; fewer images than the
/// published ones are a variant, which results name.
struct CIFAR10: DatasetDefinition {
  let validation: Int
  let scaling: InputScaling
  let augmentation: Augmentation

  var summary: String { "colour images, 3×32×32, 50,000 + 10,000, 10 classes" }

  var specification: Specification {
    Specification(
      "cifar-10", version: 1,
      [
        (name: "validation", value: .integer(validation)), (name: "scaling", value: scaling.value),
        (name: "augmentation", value: augmentation.value),
      ])
  }

  var files: DataFiles {
    DataFiles(
      folders: ["cifar-10-batches-bin"], files: Self.published,
      addresses: ["https://www.cs.toronto.edu/~kriz"],
      archive: .init(
        "cifar-10-binary.tar.gz", sha256: "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
        bytes: 170_052_171))
  }

  func load(from folders: DataFolders) throws(DatasetError) -> Dataset {
    let least = DataFiles(
      folders: files.folders, files: [.init("data_batch_1.bin"), .init("test_batch.bin")],
      addresses: files.addresses, archive: files.archive)
    let folder = try locate(least, folders)
    let batches = try Self.batches(in: folder)
    var records: [DataRecord.File] = []
    let training = try Self.read(batches, &records)
    let test = try Self.read([DataFolders.path(of: least.files[1], in: folder) ?? folder], &records)
    var record = DataRecord(dataset: "cifar-10", version: 1, files: records)
    if training.count != 50_000 || test.count != 10_000 {
      record.notes.append("\(training.count) + \(test.count) of the 50,000 + 10,000 published images")
      record.variant = DataRecord.notOriginal
    }
    return try Dataset(
      name: "cifar-10", task: .imageClassification(channels: 3, height: 32, width: 32), training: training,
      test: test, classNames: Self.classes, validationCount: validation, scaling: scaling,
      augmentation: augmentation, record: record)
  }

  /// The folder of the binary version. Beside it people have the one for Python.
  private func locate(_ least: DataFiles, _ folders: DataFolders) throws(DatasetError) -> String {
    do {
      return try folders.locate(least, dataset: "cifar-10")
    } catch .missing(let dataset, let file, let searched, let canFetch, let nearMisses) {
      let python = folders.folders.map { DataFolders.join($0, "cifar-10-batches-py") }.filter(
        DataFolders.isFolder)
      throw .missing(
        dataset: dataset, file: file, searched: searched, canFetch: canFetch,
        nearMisses: nearMisses + python.map { "\($0) is the version for Python: the binary version is read" })
    }
  }

  /// The training files, by their number.
  static func batches(in folder: String) throws(DatasetError) -> [String] {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder)
    } catch {
      throw .unreadable(path: folder, reason: LoadedFile.reason(error))
    }
    let numbered = names.compactMap { name -> (Int, String)? in
      let plain = name.droppingGzipEnding
      guard plain.hasPrefix("data_batch_"), plain.hasSuffix(".bin"),
        let path = DataFolders.path(of: .init(plain), in: folder)
      else { return nil }
      return Int(plain.dropFirst(11).dropLast(4)).map { ($0, path) }
    }
    var seen: Set<String> = []
    return numbered.sorted { $0.0 < $1.0 }.map(\.1).filter { seen.insert($0).inserted }
  }

  private static func read(_ paths: [String], _ records: inout [DataRecord.File]) throws(DatasetError)
    -> Examples
  {
    var pixels: [UInt8] = []
    var labels: [Int32] = []
    for path in paths {
      let file = try LoadedFile(path, atMost: batchLimit)
      if file.isWebPage { throw .webPage(path: path) }
      guard file.bytes.count % recordSize == 0 else {
        throw .truncated(
          path: path, reason: "\(file.bytes.count) bytes are not a whole number of records of \(recordSize)")
      }
      for start in stride(from: 0, to: file.bytes.count, by: recordSize) {
        let label = Int(file.bytes[start])
        guard label < classes.count else {
          throw .labelOutOfRange(path: path, index: start / recordSize, label: label, classes: classes.count)
        }
        labels.append(Int32(label))
        pixels.append(contentsOf: file.bytes[start + 1..<start + recordSize])
      }
      records.append(file.record)
    }
    return Examples(pixels: pixels, labels: labels)
  }

  private static let recordSize = 1 + 3 * 32 * 32
  /// As many records as all published files have together.
  private static let batchLimit = 60_000 * recordSize

  private static let classes = [
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
  ]

  private static let published: [DataFiles.File] = [
    .init(
      "data_batch_1.bin", sha256: "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5",
      bytes: 30_730_000, contentLimit: batchLimit),
    .init(
      "data_batch_2.bin", sha256: "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed",
      bytes: 30_730_000, contentLimit: batchLimit),
    .init(
      "data_batch_3.bin", sha256: "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67",
      bytes: 30_730_000, contentLimit: batchLimit),
    .init(
      "data_batch_4.bin", sha256: "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48",
      bytes: 30_730_000, contentLimit: batchLimit),
    .init(
      "data_batch_5.bin", sha256: "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add",
      bytes: 30_730_000, contentLimit: batchLimit),
    .init(
      "test_batch.bin", sha256: "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b",
      bytes: 30_730_000, contentLimit: batchLimit),
  ]
}

extension DatasetSource {
  /// CIFAR-10 with 5,000 training images for validation, inputs x / 255, no augmentation.
  public static var cifar10: DatasetSource { cifar10() }

  /// CIFAR-10 with options: images for validation, how bytes are scaled, what happens to training images.
  public static func cifar10(
    validation: Int = 5_000, scaling: InputScaling = .unit, augmentation: Augmentation = .none
  ) -> DatasetSource {
    DatasetSource(CIFAR10(validation: validation, scaling: scaling, augmentation: augmentation))
  }
}

extension InputScaling {
  /// Means (0.4914, 0.4822, 0.4465) and standard deviations (0.2470, 0.2435, 0.2616) of the CIFAR-10 training images.
  public static let cifar10 = InputScaling.standardised(
    mean: [0.4914, 0.4822, 0.4465], standardDeviation: [0.2470, 0.2435, 0.2616])
}

extension Shipped<DatasetSource> {
  static let cifar10: Shipped = .dataset(.cifar10, paper: "Krizhevsky 2009") { fields in
    .cifar10(
      validation: try fields.integer("validation", .someExamples, default: 5_000),
      scaling: try .read(&fields),
      augmentation: try .read(&fields))
  }
}
