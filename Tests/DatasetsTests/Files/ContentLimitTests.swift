import CoppiceDatasets
import Foundation
import Testing

/// No more is unpacked than a file says it holds, or may hold.
@Suite struct ContentLimitTests {
  /// Every loader, with a small file that expands to more than it may; `%` stands for its path.
  private static let bombs: [(source: DatasetSource, file: String, bytes: [UInt8], text: String)] = [
    (
      .mnist, "MNIST/raw/train-images-idx3-ubyte.gz",
      bomb(idx(magic: 0x803, [3, 28, 28], []), zeros: 9 << 20),
      "%, byte 2368: it expands to more than the 2368 bytes that its header announces; fetch the data set again"
    ),
    (
      .fashionMNIST, "FashionMNIST/raw/t10k-labels-idx1-ubyte",
      bomb(idx(magic: 0x801, [3], []), zeros: 9 << 20),
      "%, byte 11: it expands to more than the 11 bytes that its header announces; fetch the data set again"
    ),
    (
      .mnist, "MNIST/raw/train-images-idx3-ubyte.gz",
      bomb(idx(magic: 0x803, [0x7f00_0000, 28, 28], []), zeros: 0),
      "%, byte 4: its header announces 1670473842704 bytes, and at most 1073741824 are read of such a file; fetch the data "
        + "set again"
    ),
    (
      .sst2, "sst2/train.tsv", bomb(Array("good film".utf8), zeros: 80 << 20),
      "%, byte 67108864: it expands to more than the 67108864 bytes that are read of such a file"
    ),
    (
      .tinyShakespeare, "tinyshakespeare/input.txt", bomb(Array("All:".utf8), zeros: 80 << 20),
      "%, byte 67108864: it expands to more than the 67108864 bytes that are read of such a file"
    ),
  ]

  @Test(arguments: bombs.indices)
  func whatExpandsToMoreIsRefused(index: Int) throws {
    let (source, file, bytes, text) = Self.bombs[index]
    let folder = try TemporaryFolder()
    for other in source.files.files { try folder.write([0], "\(source.files.folders[0])/\(other.name)") }
    // Where the name is another than the published one, that one must not be found first.
    for ending in ["", ".gz"] {
      try? FileManager.default.removeItem(atPath: "\(folder.path)/\(file)\(ending)")
    }
    let path = try folder.write(bytes, file)
    #expect(bytes.count < 1 << 20)
    let said = [
      message { _ = try source.load(from: DataFolders([folder.path])) },
      message { _ = try DataVerification(source, in: DataFolders([folder.path])) },
    ]
    #expect(Set(said) == [text.replacing("%", with: path)])
  }

  /// A plain file as well, of which the system tells the size.
  @Test func aPlainFileThatIsTooLargeIsNotRead() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(idx(magic: 0x801, [3], [1, 2, 3]), "large")
    #expect(truncate(path, 1 << 40) == 0)
    #expect(
      message { _ = try LoadedFile(path) }.hasPrefix(
        "\(path), byte \(LoadedFile.usualLimit): it has more than"))
    #expect(
      message { _ = try LoadedFile(path, atMost: 1_000) }
        == "\(path), byte 1000: it has more than the 1000 bytes that are read of such a file")
    let batch = try folder.write([3], "cifar-10-batches-bin/data_batch_1.bin")
    try folder.write([3], "cifar-10-batches-bin/test_batch.bin")
    #expect(truncate(batch, 1 << 40) == 0)
    for text in [
      message { _ = try DatasetSource.cifar10.load(from: DataFolders([folder.path])) },
      message { _ = try DataVerification(.cifar10, in: DataFolders([folder.path])) },
    ] {
      #expect(
        text == "\(batch), byte 184380000: it has more than the 184380000 bytes that are read of such a file")
    }
    for part in ["train-images-idx3", "t10k-images-idx3", "t10k-labels-idx1"] {
      try folder.write([0], "MNIST/raw/\(part)-ubyte")
    }
    let labels = "MNIST/raw/train-labels-idx1-ubyte"
    try folder.write(idx(magic: 0x801, [3], [1, 2, 3]), labels)
    #expect(truncate("\(folder.path)/\(labels)", 1 << 40) == 0)
    let text = message { _ = try DataVerification(.mnist, in: DataFolders([folder.path])) }
    #expect(
      text
        == "\(folder.path)/\(labels), byte 11: it has more than the 11 bytes that its header announces; fetch the data "
        + "set again")
  }

  /// Of what is of another format only the beginning is read, which says what is wrong.
  @Test func whatIsNotOfTheFormatIsNotReadOn() throws {
    let folder = try TemporaryFolder()
    for file in DatasetSource.mnist.files.files { try folder.write([0], "MNIST/raw/\(file.name)") }
    let path = try folder.write(bomb([9, 9, 9, 9], zeros: 80 << 20), "MNIST/raw/train-images-idx3-ubyte.gz")
    #expect(
      message { _ = try DatasetSource.mnist.load(from: DataFolders([folder.path])) }.hasPrefix(
        "\(path) is not the file it should be: it starts with 0x09090909 instead of 0x00000803"))
  }

  @Test(arguments: [DatasetSource.mnist, .fashionMNIST, .cifar10, .sst2, .tinyShakespeare])
  func everyShippedFileHasABound(source: DatasetSource) {
    for file in source.files.files {
      #expect((file.contentLimit ?? .max) <= 1 << 30, "\(source.name) \(file.name)")
    }
  }

  /// A pipe or a device in the place of a file would never end.
  @Test func whatIsNoFileIsRefused() throws {
    let folder = try TemporaryFolder()
    try folder.write([0], "tinyshakespeare/other")
    let path = folder.path + "/tinyshakespeare/input.txt"
    #expect(mkfifo(path, 0o600) == 0)
    let text =
      "\(path) cannot be read: it is a pipe, and nothing but files is read; check that it is a file you may read"
    #expect(message { _ = try DatasetSource.tinyShakespeare.load(from: DataFolders([folder.path])) } == text)
    #expect(message { _ = try DataVerification(.tinyShakespeare, in: DataFolders([folder.path])) } == text)
    #expect(
      message { _ = try DataFetch(into: folder.path, mirror: "http://127.0.0.1:9").fetch(.tinyShakespeare) }
        == text)
  }
}
