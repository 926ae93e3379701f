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
      .missing(
        dataset: "own", file: "a.bin", searched: ["/x"], canFetch: true,
        nearMisses: ["/x/y holds them: name /x/y", "/z has a: rename it"]),
      """
      the data set "own" was not found: no a.bin in
        /x
      Nearly:         /x/y holds them: name /x/y
      Nearly:         /z has a: rename it
      Download it:    coppice data fetch own
      Elsewhere:      --data DIR, or COPPICE_DATA=DIR
      Without a file: the embedded data set "glyphs" needs no download
      """
    ),
    (
      .webPage(path: "/x"),
      "/x is a web page, not a file of data: the server sent it in place of the file; delete it and fetch the data set again"
    ),
    (
      .refused(dataset: "own", address: "http://h", reason: "own/a, line 1: no label"),
      "what http://h sent is not the data set \"own\" and was not kept: own/a, line 1: no label; try again later, or another "
        + "mirror (COPPICE_MIRROR)"
    ),
    (
      .notPublished(dataset: "own", differences: ["a differs", "b differs"], canFetch: true),
      """
      the data set "own" is not the published one, and --strict-data takes no other:
        a differs
        b differs
      Fetch it into a folder of its own: coppice data fetch own --data DIR
      Or leave --strict-data out: results then bear another name than the data set's
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
    (.inconsistent(dataset: "", ""), .badData), (.options(dataset: "", ""), .usage),
    (.webPage(path: ""), .badData),
    (.refused(dataset: "", address: "", reason: ""), .badData),
    (.notPublished(dataset: "", differences: [], canFetch: false), .badData),
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
