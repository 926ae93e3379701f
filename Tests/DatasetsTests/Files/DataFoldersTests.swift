import CoppiceDatasets
import Testing

@Suite struct DataFoldersTests {
  @Test func searchOrder() {
    let environment = ["COPPICE_DATA": "/data", "XDG_CACHE_HOME": "/cache", "HOME": "/home/ada"]
    #expect(DataFolders(explicit: "here", environment: environment).folders == ["here"])
    #expect(DataFolders(environment: environment).folders == ["/data"])
    #expect(
      DataFolders(environment: ["XDG_CACHE_HOME": "/cache", "HOME": "/home/ada"]).folders
        == ["/cache/coppice/datasets", "/home/ada/.cache/coppice/datasets"])
    #expect(
      DataFolders(environment: ["HOME": "/h", "COPPICE_DATA": ""]).folders == ["/h/.cache/coppice/datasets"])
    #expect(DataFolders(explicit: "/data", environment: ["COPPICE_DATA": "/data"]).folders == ["/data"])
    #expect(DataFolders(explicit: nil, environment: [:]).folders.isEmpty)
  }

  @Test func saysEveryPathAndTheWayOut() throws {
    let folders = DataFolders(explicit: "/nowhere", environment: ["HOME": "/nobody"])
    let text = message { _ = try DatasetSource.mnist.load(from: folders) }
    #expect(
      text == """
        the data set "mnist" was not found: no train-images-idx3-ubyte.gz in
          /nowhere/MNIST/raw
        Nearly:         /nowhere is not a folder: name one that is there
        Download it:    coppice data fetch mnist
        Elsewhere:      --data DIR, or COPPICE_DATA=DIR
        Without a file: the embedded data set "glyphs" needs no download
        """)
  }

  @Test func namesTheFileThatIsMissingFromAnIncompleteFolder() throws {
    let folder = try TemporaryFolder()
    for name in ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte"] {
      try folder.write([0], "MNIST/raw/\(name)")
    }
    #expect {
      _ = try DatasetSource.mnist.load(from: DataFolders([folder.path]))
    } throws: { error in
      (error as? DatasetError)
        == .missing(
          dataset: "mnist", file: "t10k-images-idx3-ubyte.gz", searched: [folder.path + "/MNIST/raw"],
          canFetch: true)
    }
  }

  /// A folder that is named is taken or refused: what lies elsewhere is told of and not taken.
  @Test func whatIsNamedIsSearchedAlone() throws {
    let (empty, full) = (try TemporaryFolder(), try TemporaryFolder())
    let text = Array(repeating: "abcab", count: 40).joined()
    try full.write(Array(text.utf8), "tinyshakespeare/input.txt")
    try full.write(Array(text.utf8), ".cache/coppice/datasets/tinyshakespeare/input.txt")
    let source = DatasetSource.tinyShakespeare(length: 1, validation: 0)
    func said(_ folders: DataFolders) -> String {
      message { _ = try source.load(from: folders) }.replacing(full.path, with: "FULL")
        .split(separator: "\n").first { $0.hasPrefix("Nearly") }.map(String.init) ?? "found"
    }
    let variable = ["COPPICE_DATA": full.path, "HOME": "/nobody"]
    #expect(said(DataFolders(environment: variable)) == "found")
    #expect(
      said(DataFolders(explicit: empty.path, environment: variable))
        == "Nearly:         FULL/tinyshakespeare holds it, and is not searched because --data names another folder: "
        + "leave --data out, or name FULL")
    #expect(
      said(DataFolders(environment: ["COPPICE_DATA": empty.path, "HOME": full.path]))
        == "Nearly:         FULL/.cache/coppice/datasets/tinyshakespeare holds it, and is not searched because "
        + "COPPICE_DATA names another folder: leave COPPICE_DATA out, or name FULL/.cache/coppice/datasets")
    #expect(said(DataFolders(environment: ["HOME": full.path])) == "found")
  }

  @Test func theFirstFolderThatHasAllFilesWins() throws {
    let first = try TemporaryFolder()
    let second = try TemporaryFolder()
    try second.write(Array("abcab".utf8), "tinyshakespeare/input.txt")
    let folders = DataFolders([first.path, second.path])
    let source = DatasetSource.tinyShakespeare(length: 1, validation: 0)
    // Too short for a test window, but found.
    #expect(
      message { _ = try source.load(from: folders) }
        == "the data set \"tiny-shakespeare\" does not fit together: there are no test examples")
    try first.write(Array("aabbccaabbccaabbccaabbcc".utf8), "tiny-shakespeare/input.txt")
    #expect(
      try source.load(from: folders).record.files.map(\.path) == [first.path + "/tiny-shakespeare/input.txt"])
  }
}
