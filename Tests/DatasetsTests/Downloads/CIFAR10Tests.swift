import CoppiceDatasets
import Testing

@Suite struct CIFAR10Tests {
  private func record(_ label: UInt8, _ fill: UInt8) -> [UInt8] {
    [label] + (0..<3072).map { UInt8($0 / 1024) * 50 + fill }
  }

  @Test func readsAnyNumberOfBatchesInOrder() throws {
    let folder = try TemporaryFolder()
    for (name, bytes) in [
      ("data_batch_10.bin", record(4, 4)), ("data_batch_2.bin", record(3, 3)),
      ("data_batch_1.bin", record(1, 1) + record(2, 2)), ("test_batch.bin", record(9, 9)),
    ] {
      try folder.write(bytes, "cifar-10-batches-bin/\(name)")
    }
    let dataset = try DatasetSource.cifar10(validation: 0, scaling: .cifar10).load(
      from: DataFolders([folder.path]))
    let split = Split(dataset, seed: 0)
    let (inputs, labels) = try everything(split.training, of: dataset)
    #expect(labels == [1, 2, 3, 4])
    // Planes red, green, blue with their own mean and deviation.
    #expect(inputs[3 * 3072 + 1024] == Float((54.0 / 255 - 0.4822) / 0.2435))
    #expect(inputs[3 * 3072 + 3071] == Float((104.0 / 255 - 0.4465) / 0.2616))
    #expect(dataset.record.notes == ["4 + 1 of the 50,000 + 10,000 published images"])
    #expect(dataset.record.files.count == 4 && dataset.record.variant == "not the original files")
    // Nothing is published of a tenth batch; the three others differ.
    #expect(dataset.record.differences.count == 3)
  }

  @Test func compressedBatchesAreRead() throws {
    let folder = try TemporaryFolder()
    try folder.write(gzip(record(1, 1)), "cifar-10-batches-bin/data_batch_1.bin.gz")
    try folder.write(record(2, 2), "cifar-10-batches-bin/data_batch_2.bin")
    try folder.write(gzip(record(2, 2)), "cifar-10-batches-bin/data_batch_2.bin.gz")
    try folder.write(gzip(record(9, 9)), "cifar-10-batches-bin/test_batch.bin")
    let dataset = try DatasetSource.cifar10(validation: 0).load(from: DataFolders([folder.path]))
    #expect(try everything(Split(dataset, seed: 0).training, of: dataset).labels == [1, 2])
    #expect(
      dataset.record.files.map(\.name) == ["data_batch_1.bin.gz", "data_batch_2.bin", "test_batch.bin"])
  }

  /// The archive and the version for Python are what people have in its place.
  @Test func nearMissesAreNamed() throws {
    let folder = try TemporaryFolder()
    try folder.write([0x80], "cifar-10-batches-py/data_batch_1")
    try folder.write([0x1f], "cifar-10-binary.tar.gz")
    let text = message { _ = try DatasetSource.cifar10.load(from: DataFolders([folder.path])) }
      .replacing(folder.path, with: "%")
    #expect(
      text.contains(
        "Nearly:         %/cifar-10-binary.tar.gz is not unpacked: tar -xzf %/cifar-10-binary.tar.gz -C %\n"))
    #expect(
      text.contains(
        "Nearly:         %/cifar-10-batches-py is the version for Python: the binary version is read\n"))
  }

  @Test func badFilesAreNamed() throws {
    let folder = try TemporaryFolder()
    try folder.write(record(1, 1), "cifar-10-batches-bin/data_batch_1.bin")
    let path = try folder.write(record(1, 1) + [0], "cifar-10-batches-bin/test_batch.bin")
    let source = DatasetSource.cifar10(validation: 0)
    #expect(
      message { _ = try source.load(from: DataFolders([folder.path])) }
        == "\(path) is truncated: 3074 bytes are not a whole number of records of 3073; "
        + "delete it and fetch the data set again")
    try folder.write(record(1, 1) + record(10, 1), "cifar-10-batches-bin/test_batch.bin")
    #expect(
      message { _ = try source.load(from: DataFolders([folder.path])) }
        == "\(path): example 1 has label 10, outside 0…9; the file is damaged or of another data set, fetch it again"
    )
  }

  @Test(
    .enabled(if: RealData.has("cifar-10-batches-bin"), "CIFAR-10 is not in COPPICE_DATA or ../shared/data"))
  func theRealFiles() throws {
    let dataset = try DatasetSource.cifar10.load(from: RealData.folders)
    #expect(dataset.training.count % 10_000 == 0 && dataset.test.count % 1_000 == 0)
    // Named for what they are: the published files are 50,000 + 10,000 images with known checksums.
    let isPublished = try DataVerification(.cifar10, in: RealData.folders).isAsPublished
    #expect(dataset.record.variant == (isPublished ? nil : "not the original files"))
    let split = Split(dataset, seed: 0)
    let (inputs, labels) = try everything(split.validation, of: dataset)
    for c in 0..<10 { #expect((400...600).contains(labels.filter { $0 == c }.count)) }
    let mean = inputs.reduce(0.0) { $0 + Double($1) } / Double(inputs.count)
    #expect((mean - 0.4734).magnitude < 0.01)  // the mean of 0.4914, 0.4822, 0.4465
  }
}
