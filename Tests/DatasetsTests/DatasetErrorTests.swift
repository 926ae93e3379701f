import CoppiceDatasets
import CoppiceTerms
import Testing

@Suite struct DatasetErrorTests {
  private static let cases: [(DatasetError, String)] = [
    (
      .missing(dataset: "own", file: "a.bin", searched: ["/x", "/y"], canFetch: false),
      """
      the data set "own" was not found: no a.bin in
        /x
        /y
      Put the file there, or name its folder with --data
      Elsewhere:      --data DIR, or COPPICE_DATA=DIR
      Without a file: the embedded data set "glyphs" needs no download
      """
    ),
    (
      .unreadable(path: "/x", reason: "Permission denied"),
      "/x cannot be read: Permission denied; check that it is a file you may read"
    ),
    (
      .unwritable(path: "/x", reason: "Disk full"),
      "/x cannot be written: Disk full; choose another folder with --data DIR"
    ),
    (
      .toolMissing(tool: "curl", purpose: "download data sets"),
      "curl is not installed, and it is needed to download data sets; install it and try again"
    ),
    (
      .notFetchable(dataset: "glyphs"),
      "the data set \"glyphs\" is generated in code: there is nothing to fetch"
    ),
    (
      .download(url: "http://h/f", reason: "no route"),
      "http://h/f could not be downloaded: no route; check the connection, or set COPPICE_MIRROR to a server with "
        + "the same files"
    ),
  ]

  @Test(arguments: cases)
  func saysWhatWhereWhyAndTheNextStep(_ entry: (DatasetError, String)) {
    #expect("\(entry.0)" == entry.1)
  }

  @Test(arguments: [
    (DatasetError.missing(dataset: "", file: "", searched: [], canFetch: true), FailureCode.inputMissing),
    (.toolMissing(tool: "", purpose: ""), .toolMissing), (.unreadable(path: "", reason: ""), .inputOutput),
    (.unwritable(path: "", reason: ""), .inputOutput), (.download(url: "", reason: ""), .tryAgain),
    (.notFetchable(dataset: ""), .usage), (.batchSize(0, available: 1), .usage),
    (.empty(path: ""), .badData), (.checksum(path: "", expected: "", found: ""), .badData),
    (.inconsistent(dataset: "", ""), .badData),
  ])
  func endsWithTheDocumentedCode(error: DatasetError, code: FailureCode) {
    #expect(error.exitCode == code)
  }

  /// Like every error: a sentence that others can go on from, without a capital at its head and a full stop at its end.
  @Test(arguments: cases)
  func beginsAndEndsLikeAllOthers(_ entry: (DatasetError, String)) {
    let text = "\(entry.0)"
    #expect(!text.hasSuffix(".") && text.first?.isUppercase == false)
  }
}
