import CoppiceTerms

/// What can go wrong with data: each case says what, where, why, and what to do next.
public enum DatasetError: Error, Hashable, Sendable {
  /// A data set's files were found in none of the folders searched.
  /// What is nearly right says of each near miss what to do about it.
  case missing(
    dataset: String, file: String, searched: [String], canFetch: Bool, nearMisses: [String] = [])
  /// A file exists but cannot be read.
  case unreadable(path: String, reason: String)
  /// A file has no bytes.
  case empty(path: String)
  /// A file ends before what it announces.
  case truncated(path: String, reason: String)
  /// A compressed file does not decompress, or fails its own checksum.
  case corrupt(path: String, offset: Int, reason: String)
  /// A file is not of its kind: its first four bytes are others.
  case wrongMagic(path: String, found: UInt32, expected: UInt32)
  /// A label is not one of the classes.
  case labelOutOfRange(path: String, index: Int, label: Int, classes: Int)
  /// Two files that belong together hold different numbers of examples.
  case countsDisagree(path: String, count: Int, other: String, otherCount: Int)
  /// A file's content is not as its format demands.
  case malformed(path: String, place: String, reason: String)
  /// A file holds a web page: what a server sends that has not got the file.
  case webPage(path: String)
  /// What was fetched cannot be read as the data set, and was not put in place.
  case refused(dataset: String, address: String, reason: String)
  /// The data differ from the published ones, where only those are wanted.
  case notPublished(dataset: String, differences: [String], canFetch: Bool)
  /// A file differs from its published checksum.
  case checksum(path: String, expected: String, found: String)
  /// A download failed.
  case download(url: String, reason: String)
  /// A file cannot be written.
  case unwritable(path: String, reason: String)
  /// A program that fetching needs is not installed.
  case toolMissing(tool: String, purpose: String)
  /// A data set has nothing to fetch.
  case notFetchable(dataset: String)
  /// Contents of a data set that do not fit together.
  case inconsistent(dataset: String, String)
  /// Options of a data set that do not fit together, or its contents.
  case options(dataset: String, String)
  /// A batch is larger than what it is drawn from.
  case batchSize(Int, available: Int)
  /// A data set that does not fit in memory.
  case memory(MemoryShortage)
}

extension DatasetError: CustomStringConvertible {
  /// What a user reads.
  public var description: String {
    switch self {
    case .missing(let dataset, let file, let searched, let canFetch, let nearMisses):
      """
      the data set "\(dataset)" was not found: no \(file) in
      \((searched.map { "  " + $0 } + nearMisses.map { "Nearly:         \($0)" }).joined(separator: "\n"))
      \(canFetch
        ? "Download it:    \(ProgramName.current) data fetch \(dataset)" : "Put the file there, or name its folder with --data")
      Elsewhere:      --data DIR, or COPPICE_DATA=DIR
      Without a file: the embedded data set "glyphs" needs no download
      """
    case .unreadable(let path, let reason):
      "\(path) cannot be read: \(reason); check that it is a file you may read"
    case .empty(let path):
      "\(path) is empty; delete it and fetch the data set again"
    case .truncated(let path, let reason):
      "\(path) is truncated: \(reason); delete it and fetch the data set again"
    case .corrupt(let path, let offset, let reason):
      "\(path) is corrupt near byte \(offset): \(reason); delete it and fetch the data set again"
    case .wrongMagic(let path, let found, let expected):
      "\(path) is not the file it should be: it starts with \(hex(found)) instead of \(hex(expected)); "
        + "check whether images and labels were swapped, or fetch the data set again"
    case .labelOutOfRange(let path, let index, let label, let classes):
      "\(path): example \(index) has label \(label), outside 0…\(classes - 1); the file is damaged or of another "
        + "data set, fetch it again"
    case .countsDisagree(let path, let count, let other, let otherCount):
      "\(path) holds \(count) examples but \(other) holds \(otherCount): they do not belong together, fetch both again"
    case .malformed(let path, let place, let reason):
      "\(path), \(place): \(reason)"
    case .webPage(let path):
      "\(path) is a web page, not a file of data: the server sent it in place of the file; delete it and fetch the "
        + "data set again"
    case .refused(let dataset, let address, let reason):
      "what \(address) sent is not the data set \"\(dataset)\" and was not kept: \(reason); try again later, or another "
        + "mirror (COPPICE_MIRROR)"
    case .notPublished(let dataset, let differences, let canFetch):
      """
      the data set "\(dataset)" is not the published one, and --strict-data takes no other:
      \(differences.map { "  " + $0 }.joined(separator: "\n"))
      \(canFetch
        ? "Fetch it into a folder of its own: coppice data fetch \(dataset) --data DIR"
        : "Put the published files there")
      Or leave --strict-data out: results then bear another name than the data set's
      """
    case .checksum(let path, let expected, let found):
      "\(path) differs from the published checksum: SHA-256 \(found) instead of \(expected); it was not kept: try again, "
        + "or another mirror (COPPICE_MIRROR)"
    case .download(let url, let reason):
      "\(url) could not be downloaded: \(reason); check the connection, or set COPPICE_MIRROR to a server with the same files"
    case .unwritable(let path, let reason):
      "\(path) cannot be written: \(reason); choose another folder with --data DIR"
    case .toolMissing(let tool, let purpose):
      "\(tool) is not installed, and it is needed to \(purpose); install it and try again"
    case .notFetchable(let dataset):
      "the data set \"\(dataset)\" is generated in code: there is nothing to fetch"
    case .inconsistent(let dataset, let fault), .options(let dataset, let fault):
      "the data set \"\(dataset)\" does not fit together: \(fault)"
    case .batchSize(let size, let available):
      "a batch of \(size) cannot be drawn from \(available) examples; choose a batch size in 1…\(available)"
    case .memory(let shortage): shortage.description
    }
  }

  private func hex(_ word: UInt32) -> String {
    let digits = String(word, radix: 16)
    return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
  }
}

extension DatasetError: ReportedError {
  /// By whether the data are not there, are bad, or could not be read, written or fetched.
  public var exitCode: FailureCode {
    switch self {
    case .missing: .inputMissing
    case .toolMissing: .toolMissing
    case .unreadable, .unwritable: .inputOutput
    case .download: .tryAgain
    case .notFetchable, .batchSize, .memory, .options: .usage
    case .empty, .truncated, .corrupt, .wrongMagic, .labelOutOfRange, .countsDisagree, .malformed, .checksum,
      .inconsistent, .webPage, .refused, .notPublished:
      .badData
    }
  }
}
