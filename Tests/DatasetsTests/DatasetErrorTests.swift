import CoppiceDatasets
import Testing

@Suite struct DatasetErrorTests {
  private static let cases: [(DatasetError, String)] = [
    (
      .missing(dataset: "own", file: "a.bin", searched: ["/x", "/y"], canFetch: false),
      """
      The data set 'own' was not found: no a.bin in
        /x
        /y
      Put the file there, or name its folder with --data.
      Elsewhere:      --data DIR, or COPPICE_DATA=DIR
      Without a file: the embedded data set 'glyphs' needs no download.
      """
    ),
    (
      .unreadable(path: "/x", reason: "Permission denied"),
      "/x cannot be read: Permission denied. Check that it is a file you may read."
    ),
    (
      .unwritable(path: "/x", reason: "Disk full"),
      "/x cannot be written: Disk full. Choose another folder with --data DIR."
    ),
    (
      .toolMissing(tool: "curl", purpose: "download data sets"),
      "'curl' is not installed; it is needed to download data sets. Install it and try again."
    ),
    (
      .notFetchable(dataset: "glyphs"),
      "The data set 'glyphs' is generated in code: there is nothing to fetch."
    ),
    (
      .download(url: "http://h/f", reason: "no route"),
      "http://h/f could not be downloaded: no route. Check the connection, or set COPPICE_MIRROR to a server with "
        + "the same files."
    ),
  ]

  @Test(arguments: cases)
  func saysWhatWhereWhyAndTheNextStep(_ entry: (DatasetError, String)) {
    #expect("\(entry.0)" == entry.1)
  }

  @Test func onlyAbsenceIsMissing() {
    #expect(DatasetError.missing(dataset: "", file: "", searched: [], canFetch: true).isMissing)
    #expect(!DatasetError.empty(path: "").isMissing)
    #expect(!DatasetError.checksum(path: "", expected: "", found: "").isMissing)
  }
}
