import CoppiceDatasets
import CoppiceTestSupport
import Testing

/// Damaged files of data sets: a set is loaded, with labels of its classes alone, or refused.
@Suite struct FuzzingTests {
  /// Loads a set of which one file is damaged.
  private func fuzz(
    _ name: String, _ source: DatasetSource, _ folder: TemporaryFolder, _ file: String, _ mutator: Mutator,
    share: Double = 1
  ) throws {
    let answers = try Fuzzing(name).run(mutator, share: share) { bytes in
      try folder.write(bytes, file)
      let dataset = try source.load(from: DataFolders([folder.path]))
      let split = Split(dataset, seed: 1)
      for subset in [split.training, split.validation, split.test] where subset.count > 0 {
        let labels = try everything(subset, of: dataset).labels
        #expect(labels.allSatisfy { (-1..<Int32(dataset.classNames.count)).contains($0) })
      }
    }
    #expect(answers.refused > 0 && answers.refused < answers.read)
  }

  private func images(_ count: Int) -> [UInt8] {
    idx(magic: 0x803, [count, 28, 28], (0..<count * 784).map { UInt8($0 % 251) })
  }

  private func labels(_ count: Int) -> [UInt8] {
    idx(magic: 0x801, [count], (0..<count).map { UInt8($0 % 10) })
  }

  @Test func damagedIDXFilesAreReadOrRefused() throws {
    for file in ["train-images-idx3-ubyte", "train-labels-idx1-ubyte"] {
      let folder = try TemporaryFolder()
      for (part, count) in [("train", 3), ("t10k", 2)] {
        try folder.write(images(count), "MNIST/raw/\(part)-images-idx3-ubyte")
        try folder.write(labels(count), "MNIST/raw/\(part)-labels-idx1-ubyte")
      }
      let good = file.contains("images") ? [images(3), images(2)] : [labels(3), labels(2)]
      try fuzz(
        file, .mnist(validation: 1), folder, "MNIST/raw/\(file)", Mutator(good + [gzip(good[0])]), share: 0.5)
    }
  }

  @Test func damagedImagesOfCIFARAreReadOrRefused() throws {
    let folder = try TemporaryFolder()
    func record(_ label: UInt8) -> [UInt8] { [label] + (0..<3072).map { UInt8($0 % 253) } }
    for name in ["data_batch_1", "test_batch"] {
      try folder.write(record(1) + record(9), "cifar-10-batches-bin/\(name).bin")
    }
    try fuzz(
      "cifar", .cifar10(validation: 0), folder, "cifar-10-batches-bin/data_batch_1.bin",
      Mutator([record(1) + record(9), record(0)]))
  }

  @Test func damagedSentencesAreReadOrRefused() throws {
    let files = try Corpus.files("sentences")
    for part in ["train", "test"] {
      let folder = try TemporaryFolder()
      for name in ["train", "dev", "test"] { try folder.write(files[1], "sst2/\(name).tsv") }
      try fuzz(
        "sentences-\(part)", .sst2(length: 4, minimumCount: 1, validation: 1), folder, "sst2/\(part).tsv",
        Mutator(files, words: ["\t", "\n", "\r\n", "-1", "\u{FEFF}", "sentence", "label"]), share: 0.5)
    }
  }

  /// Packed files, of which most bytes are lengths, codes and checksums.
  @Test func damagedPackedFilesAreReadOrRefused() throws {
    let folder = try TemporaryFolder()
    let text = Array("to be or not to be, that is the question".utf8)
    let mutator = Mutator(try Corpus.files("gzip") + [gzip(text), gzip(text) + gzip(text), gzip([])])
    let answers = try Fuzzing("gzip").run(mutator) { bytes in
      let path = try folder.write(bytes, "file.gz")
      _ = try LoadedFile(path).text()
    }
    #expect(answers.refused > 0 && answers.refused < answers.read)
  }
}
