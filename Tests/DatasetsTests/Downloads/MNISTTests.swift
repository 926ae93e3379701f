import CoppiceDatasets
import Foundation
import Testing

@Suite struct MNISTTests {
  private let images = (0..<3 * 784).map { UInt8($0 % 251) }

  /// Four valid files, three images and labels each, compressed or plain.
  private func folder(compressed: Bool = true) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for (part, labels) in [("train", [7, 0, 9] as [UInt8]), ("t10k", [1, 2, 3])] {
      let files = [
        ("images-idx3", idx(magic: 0x803, [3, 28, 28], images)),
        ("labels-idx1", idx(magic: 0x801, [3], labels)),
      ]
      for (kind, bytes) in files {
        try folder.write(
          compressed ? gzip(bytes) : bytes, "MNIST/raw/\(part)-\(kind)-ubyte\(compressed ? ".gz" : "")")
      }
    }
    return folder
  }

  private func load(_ folder: TemporaryFolder) throws -> Dataset {
    try DatasetSource.mnist(validation: 1).load(from: DataFolders([folder.path]))
  }

  @Test(arguments: [true, false])
  func readsPlainAndCompressed(compressed: Bool) throws {
    let folder = try folder(compressed: compressed)
    let dataset = try load(folder)
    let split = Split(dataset, seed: 0)
    #expect(split.training.count == 2 && split.validation.count == 1)
    let test = try everything(split.test, of: dataset)
    #expect(test.labels == [1, 2, 3])
    #expect(test.inputs == images.map { Float($0) / 255 })
    let content = sha256(idx(magic: 0x801, [3], [1, 2, 3]))
    #expect(dataset.record.files[3].contentSHA256 == content)
    #expect((dataset.record.files[3].sha256 == content) == !compressed)
    #expect(
      dataset.record.files[3].path == folder.path + "/MNIST/raw/t10k-labels-idx1-ubyte"
        + (compressed ? ".gz" : ""))
  }

  @Test func identityIsTheContent() throws {
    let packed = try load(folder(compressed: true)).record
    let plain = try load(folder(compressed: false)).record
    #expect(packed.identity == plain.identity && packed != plain)
  }

  /// One file replaced by something bad: the text names it and says what to do. `%` stands for its path.
  private static let faults: [(file: String, bytes: [UInt8], text: String)] = [
    ("train-images-idx3-ubyte.gz", [], "% is empty; delete it and fetch the data set again"),
    (
      "train-images-idx3-ubyte.gz", Array("<html>Not found</html>".utf8),
      "% is a web page, not a file of data: the server sent it in place of the file; delete it and fetch the data set again"
    ),
    (
      "train-images-idx3-ubyte.gz", gzip(Array("\n<!DOCTYPE html><p>Sorry".utf8)),
      "% is a web page, not a file of data: the server sent it in place of the file; delete it and fetch the data set again"
    ),
    (
      "train-images-idx3-ubyte.gz", Array("Not found".utf8),
      "% is not the file it should be: it starts with 0x4e6f7420 instead of 0x00000803; "
        + "check whether images and labels were swapped, or fetch the data set again"
    ),
    (
      "train-labels-idx1-ubyte.gz", gzip(idx(magic: 0x803, [3], [1, 2, 3])),
      "% is not the file it should be: it starts with 0x00000803 instead of 0x00000801; "
        + "check whether images and labels were swapped, or fetch the data set again"
    ),
    (
      "train-labels-idx1-ubyte.gz", gzip(idx(magic: 0x801, [3], [1, 10, 3])),
      "%: example 1 has label 10, outside 0…9; the file is damaged or of another data set, fetch it again"
    ),
    (
      "train-labels-idx1-ubyte.gz", gzip(idx(magic: 0x801, [4], [1, 2, 3])),
      "% is truncated: it announces 4 bytes of data and holds 3; delete it and fetch the data set again"
    ),
    (
      "train-labels-idx1-ubyte.gz", gzip(idx(magic: 0x801, [2], [1, 2, 3])),
      "%, byte 10: 1 bytes follow the 2 bytes of data it announces; fetch the data set again"
    ),
    (
      "train-labels-idx1-ubyte.gz", gzip([0, 0]),
      "% is truncated: it has 2 bytes, its header 8; delete it and fetch the data set again"
    ),
    (
      "t10k-images-idx3-ubyte.gz", gzip(idx(magic: 0x803, [1, 14, 14], [UInt8](repeating: 0, count: 196))),
      "%, byte 8: its images are 14×14, not 28×28; they are of another data set"
    ),
    (
      "t10k-images-idx3-ubyte.gz", gzip(idx(magic: 0x803, [0xffff_ffff, 0xffff_ffff, 0xffff_ffff], [])),
      "%, byte 4: its extents [4294967295, 4294967295, 4294967295] are impossible; fetch the data set again"
    ),
  ]

  @Test(arguments: faults)
  func badFilesAreNamed(_ fault: (file: String, bytes: [UInt8], text: String)) throws {
    let folder = try folder()
    let path = try folder.write(fault.bytes, "MNIST/raw/\(fault.file)")
    #expect(message { _ = try load(folder) } == fault.text.replacingOccurrences(of: "%", with: path))
  }

  /// As people have the files: each name with what lies there. Contents decide, not endings.
  @Test(arguments: [
    ("train-images.idx3-ubyte", false), ("train-images.idx3-ubyte.gz", true),
    ("train-images-idx3-ubyte/train-images-idx3-ubyte", false),
    ("train-images.idx3-ubyte/train-images.idx3-ubyte", false), ("train-images-idx3-ubyte.gz", false),
    ("train-images-idx3-ubyte", true),
  ])
  func readsTheFilesAsPeopleHaveThem(name: String, isPacked: Bool) throws {
    let folder = try folder()
    try FileManager.default.removeItem(atPath: folder.path + "/MNIST/raw/train-images-idx3-ubyte.gz")
    let bytes = idx(magic: 0x803, [3, 28, 28], images)
    let path = try folder.write(isPacked ? gzip(bytes) : bytes, "MNIST/raw/" + name)
    let dataset = try load(folder)
    #expect(dataset.record.files[0].path == path && dataset.record.files[0].contentSHA256 == sha256(bytes))
    #expect(try digest(dataset) == digest(load(self.folder())))
  }

  @Test func otherImagesUnderItsNamesAreAVariant() throws {
    let folder = try folder()
    let record = try load(folder).record
    #expect(record.variant == "not the original files" && record.differences.count == 4)
    let bytes = gzip(idx(magic: 0x801, [3], [1, 2, 3]))
    #expect(
      record.differences[3]
        == "\(folder.path)/MNIST/raw/t10k-labels-idx1-ubyte.gz differs from the published "
        + "t10k-labels-idx1-ubyte.gz: SHA-256 \(sha256(bytes).prefix(12))… instead of f7ae60f92e00…")
    try FileManager.default.moveItem(
      atPath: folder.path + "/MNIST", toPath: folder.path + "/FashionMNIST")
    let fashion = try DatasetSource.fashionMNIST(validation: 1).load(from: DataFolders([folder.path]))
    #expect(fashion.record.variant == "not the original files")
  }

  @Test func countsMustAgree() throws {
    let folder = try folder()
    let labels = try folder.write(
      gzip(idx(magic: 0x801, [2], [1, 2])), "MNIST/raw/train-labels-idx1-ubyte.gz")
    let images = folder.path + "/MNIST/raw/train-images-idx3-ubyte.gz"
    #expect(
      message { _ = try load(folder) }
        == "\(images) holds 3 examples but \(labels) holds 2: they do not belong together, fetch both again")
  }

  @Test func truncatedAndDamagedCompression() throws {
    let folder = try folder()
    let whole = gzip(idx(magic: 0x803, [3, 28, 28], images))
    let path = try folder.write(Array(whole.prefix(1000)), "MNIST/raw/train-images-idx3-ubyte.gz")
    #expect(
      message { _ = try load(folder) }
        == "\(path) is truncated: its compressed data end after 1000 bytes without an end mark; "
        + "delete it and fetch the data set again")
    var damaged = whole
    damaged[900] ^= 1  // a pixel: only the checksum of the format can tell
    try folder.write(damaged, "MNIST/raw/train-images-idx3-ubyte.gz")
    #expect(
      message { _ = try load(folder) }
        == "\(path) is corrupt near byte \(whole.count - 4): incorrect data check; "
        + "delete it and fetch the data set again")
  }

  @Test func readsSeveralMembers() throws {
    let folder = try folder()
    let bytes = idx(magic: 0x801, [3], [1, 2, 3])
    try folder.write(
      gzip(Array(bytes.prefix(5))) + gzip(Array(bytes.dropFirst(5))), "MNIST/raw/t10k-labels-idx1-ubyte.gz")
    let dataset = try load(folder)
    #expect(try everything(Split(dataset, seed: 0).test, of: dataset).labels == [1, 2, 3])
  }

  @Test(.enabled(if: RealData.has("MNIST/raw"), "MNIST is not in COPPICE_DATA or ../shared/data"))
  func theRealFiles() throws {
    let dataset = try DatasetSource.mnist.load(from: RealData.folders)
    let split = Split(dataset, seed: 0)
    #expect(split.training.count == 55_000 && split.validation.count == 5_000 && split.test.count == 10_000)
    let (inputs, labels) = try everything(split.test, of: dataset)
    #expect(labels.prefix(10) == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9])
    // Known counts of the test labels, and the known mean of the test images.
    #expect(
      (0..<10).map { c in labels.filter { $0 == c }.count } == [
        980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009,
      ])
    let mean = inputs.reduce(0.0) { $0 + Double($1) } / Double(inputs.count)
    #expect((mean - 0.13251).magnitude < 0.00001)
    #expect(try DataVerification(.mnist, in: RealData.folders).isAsPublished)
    #expect(dataset.record.variant == nil && dataset.record.differences.isEmpty)
    #expect(
      DatasetSource.mnist.identity(of: dataset)
        == .list(
          [
            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
          ].map { .text($0) } + [.integer(1)]), "results of the original files keep their keys")
  }
}
