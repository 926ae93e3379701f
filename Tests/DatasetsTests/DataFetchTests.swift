import CoppiceDatasets
import CoppiceTerms
import Foundation
import Testing

@Suite struct DataFetchTests {
  /// A set of two small files, or of an archive of them; its addresses are never asked here.
  private struct Letters: DatasetDefinition {
    var files: DataFiles
    var specification: Specification { Specification("letters", version: 1) }
    var summary: String { "letters" }
    func load(from folders: DataFolders) throws(DatasetError) -> Dataset {
      throw .notFetchable(dataset: "letters")
    }
  }

  private let a = Array("alpha".utf8)
  private let b = Array("beta".utf8)

  private func source(
    checksumOfB: String? = nil, archive: DataFiles.File? = nil, addresses: [String] = ["http://127.0.0.1:9"]
  ) -> DatasetSource {
    DatasetSource(
      Letters(
        files: DataFiles(
          folders: ["letters/raw"],
          files: [.init("a", sha256: sha256(a), bytes: 5), .init("b", sha256: checksumOfB ?? sha256(b))],
          addresses: addresses, archive: archive)))
  }

  private func contents(_ folder: TemporaryFolder) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
  }

  @Test func putsCheckedFilesInPlace() throws {
    let server = try LocalServer(["/letters/raw/a": .init(body: a), "/letters/raw/b": .init(body: b)])
    let folder = try TemporaryFolder()
    let fetch = DataFetch(into: folder.path, mirror: server.address)
    var messages: [String] = []
    let first = try fetch.fetch(source()) { messages.append($0) }
    #expect(first.map(\.wasPresent) == [false, false] && first.map(\.sha256) == [sha256(a), sha256(b)])
    #expect(messages == ["letters/raw/a (1 kB)", "letters/raw/b (size unknown)"])
    #expect(try contents(folder) == ["letters", "letters/raw", "letters/raw/a", "letters/raw/b"])
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path + "/letters/raw/b")) == Data(b))
    // Again: nothing is asked of the server.
    let again = try DataFetch(into: folder.path, mirror: "http://127.0.0.1:9").fetch(source())
    #expect(again.map(\.wasPresent) == [true, true])
    let verification = try DataVerification(source(), in: DataFolders([folder.path]))
    #expect(verification.isAsPublished && verification.entries.map(\.verdict) == [.matches, .matches])
  }

  @Test func replacesADamagedFile() throws {
    let server = try LocalServer(["/letters/raw/a": .init(body: a), "/letters/raw/b": .init(body: b)])
    let folder = try TemporaryFolder()
    try folder.write(a, "letters/raw/a")
    try folder.write([1, 2], "letters/raw/b")
    let outcomes = try DataFetch(into: folder.path, mirror: server.address).fetch(source())
    #expect(outcomes.map(\.wasPresent) == [true, false])
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path + "/letters/raw/b")) == Data(b))
  }

  @Test func aWrongChecksumLeavesNothingBehind() throws {
    let server = try LocalServer(["/letters/raw/a": .init(body: a), "/letters/raw/b": .init(body: b)])
    let folder = try TemporaryFolder()
    try folder.write([1, 2], "letters/raw/b")
    let wrong = String(repeating: "0", count: 64)
    #expect(
      message {
        _ = try DataFetch(into: folder.path, mirror: server.address).fetch(source(checksumOfB: wrong))
      }
        == "\(server.address)/letters/raw/b differs from the published checksum: SHA-256 \(sha256(b)) instead of "
        + "\(wrong); it was not kept: try again, or another mirror (COPPICE_MIRROR)")
    #expect(try contents(folder) == ["letters", "letters/raw", "letters/raw/a", "letters/raw/b"])
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path + "/letters/raw/b")) == Data([1, 2]))
  }

  @Test func absentAndTruncatedFilesAreNamed() throws {
    let server = try LocalServer([
      "/letters/raw/a": .init(body: a), "/letters/raw/b": .init(body: b, announcedLength: 1_000),
    ])
    let folder = try TemporaryFolder()
    let truncated = message { _ = try DataFetch(into: folder.path, mirror: server.address).fetch(source()) }
    #expect(truncated.hasPrefix("\(server.address)/letters/raw/b could not be downloaded: curl: (18) "))
    #expect(
      truncated.hasSuffix("; check the connection, or set COPPICE_MIRROR to a server with the same files"))
    let absent = message {
      _ = try DataFetch(into: folder.path, mirror: server.address + "/elsewhere").fetch(
        source(checksumOfB: sha256(a)))
    }
    // What was fetched before stays; the rest is asked for.
    #expect(
      absent.hasPrefix("\(server.address)/elsewhere/letters/raw/b could not be downloaded: curl: (22) "))
    #expect(absent.contains("404"))
    #expect(try contents(folder) == ["letters", "letters/raw", "letters/raw/a"])
  }

  @Test func publishedAddressesAreTriedInOrder() throws {
    let server = try LocalServer(["/second/a": .init(body: a), "/second/b": .init(body: b)])
    let folder = try TemporaryFolder()
    let source = source(addresses: [server.address + "/first", server.address + "/second"])
    #expect(try DataFetch(into: folder.path, mirror: nil).fetch(source).count == 2)
  }

  @Test func unpacksAnArchive() throws {
    let staging = try TemporaryFolder()
    try staging.write(a, "letters/raw/a")
    try staging.write(b, "letters/raw/b")
    let tar = Process()
    tar.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    tar.arguments = ["tar", "-czf", staging.path + "/letters.tar.gz", "-C", staging.path, "letters"]
    try tar.run()
    tar.waitUntilExit()
    let packed = [UInt8](try Data(contentsOf: URL(fileURLWithPath: staging.path + "/letters.tar.gz")))
    let server = try LocalServer([
      "/letters.tar.gz": .init(body: packed), "/bad/letters.tar.gz": .init(body: Array(packed.dropLast(9))),
    ])
    let folder = try TemporaryFolder()
    let archive = DataFiles.File("letters.tar.gz", sha256: sha256(packed))
    #expect(
      message {
        _ = try DataFetch(into: folder.path, mirror: server.address + "/bad").fetch(source(archive: archive))
      }.hasPrefix("\(server.address)/bad/letters.tar.gz differs from the published checksum"))
    let fetch = DataFetch(into: folder.path, mirror: server.address)
    #expect(try fetch.fetch(source(archive: archive)).map(\.wasPresent) == [false, false])
    #expect(try contents(folder) == ["letters", "letters/raw", "letters/raw/a", "letters/raw/b"])
    #expect(try fetch.fetch(source(archive: archive)).map(\.wasPresent) == [true, true])
    // An archive that is not one.
    let other = try TemporaryFolder()
    let text = message {
      _ = try DataFetch(into: other.path, mirror: server.address).fetch(
        DatasetSource(
          Letters(
            files: DataFiles(
              folders: ["letters"], files: [.init("x")], addresses: [], archive: .init("nothing.tar.gz")))))
    }
    #expect(text.contains("nothing.tar.gz could not be downloaded: curl: (22)"))
  }

  /// Two sentences a part, as a mirror has them: no checksum is published of them.
  private let sentences = Array("good film\t1\nbad film\t0\n".utf8)

  private func sentenceServer(_ answer: LocalServer.Answer? = nil) throws -> LocalServer {
    let good = LocalServer.Answer(body: sentences)
    return try LocalServer([
      "/sst2/train.tsv": good, "/sst2/dev.tsv": good, "/sst2/test.tsv": answer ?? good,
    ])
  }

  @Test func withoutChecksumsDigestsAreWrittenDown() throws {
    let (folder, server) = (try TemporaryFolder(), try sentenceServer())
    let outcomes = try DataFetch(into: folder.path, mirror: server.address).fetch(.sst2)
    #expect(outcomes.map(\.isVerified) == [false, false, false])
    #expect(Set(outcomes.map(\.recordedIn)) == [folder.path + "/sst2/SHA256SUMS"])
    #expect(
      try String(contentsOfFile: folder.path + "/sst2/SHA256SUMS", encoding: .utf8)
        == ["dev", "test", "train"].map { "\(sha256(sentences))  \($0).tsv\n" }.joined())
    #expect(
      try contents(folder) == [
        "sst2", "sst2/SHA256SUMS", "sst2/dev.tsv", "sst2/test.tsv", "sst2/train.tsv",
      ])
    // Again: nothing is asked of the server.
    let again = DataFetch(into: folder.path, mirror: "http://127.0.0.1:9")
    #expect(try again.fetch(.sst2).map(\.wasPresent) == [true, true, true])
    // What is not as it was fetched is fetched again.
    try folder.write(Array("other film\t1\n".utf8), "sst2/dev.tsv")
    #expect(message { _ = try again.fetch(.sst2) }.contains("could not be downloaded"))
    let fetched = try DataFetch(into: folder.path, mirror: server.address).fetch(.sst2)
    #expect(fetched.map(\.sha256) == [String](repeating: sha256(sentences), count: 3))
  }

  @Test(arguments: [
    "<!DOCTYPE html><html>Not found</html>", "\n<html>\tNot found\n", "<?xml version=\"1.0\"?>",
  ])
  func aWebPageIsNotKept(page: String) throws {
    let folder = try TemporaryFolder()
    let server = try sentenceServer(.init(body: Array(page.utf8)))
    #expect(
      message { _ = try DataFetch(into: folder.path, mirror: server.address).fetch(.sst2) }
        == "\(server.address)/sst2/test.tsv could not be downloaded: the answer is a web page, not the file; check the "
        + "connection, or set COPPICE_MIRROR to a server with the same files")
    #expect(try contents(folder) == [])
  }

  @Test func whatIsNotTheDataSetIsNotKept() throws {
    let folder = try TemporaryFolder()
    let server = try sentenceServer(.init(body: Array("404: Not Found".utf8)))
    #expect(
      message { _ = try DataFetch(into: folder.path, mirror: server.address).fetch(.sst2) }
        == "what \(server.address) sent is not the data set \"sst-2\" and was not kept: sst2/test.tsv, line 1: 1 columns "
        + "instead of 2, and no header that names them `sentence`, `label`, …; try again later, or another mirror "
        + "(COPPICE_MIRROR)")
    #expect(try contents(folder) == [])
    // What was in place before is not touched.
    for part in ["train", "dev", "test"] { try folder.write([65], "sst2/\(part).tsv") }
    #expect(
      message { _ = try DataFetch(into: folder.path, mirror: server.address).fetch(.sst2) }.contains(
        "was not kept"))
    #expect(try contents(folder) == ["sst2", "sst2/dev.tsv", "sst2/test.tsv", "sst2/train.tsv"])
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path + "/sst2/test.tsv")) == Data([65]))
  }

  /// Pages that an earlier download left are no data set.
  @Test func aWebPageInPlaceIsFetchedAgain() throws {
    let (folder, server) = (try TemporaryFolder(), try sentenceServer())
    for part in ["train", "dev", "test"] { try folder.write(Array("<html>\n".utf8), "sst2/\(part).tsv") }
    let outcomes = try DataFetch(into: folder.path, mirror: server.address).fetch(.sst2)
    #expect(outcomes.map(\.wasPresent) == [false, false, false])
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path + "/sst2/test.tsv")) == Data(sentences))
  }

  /// A server that answers and then sends nothing, or next to nothing, is given up; another address is tried.
  @Test(.timeLimit(.minutes(5)), arguments: [LocalServer.Answer.End.stalling, .dripping])
  func aServerThatStallsIsGivenUp(end: LocalServer.Answer.End) throws {
    let server = try LocalServer([
      "/letters/raw/a": .init(body: a),
      "/letters/raw/b": .init(body: Array(b.prefix(2)), announcedLength: 100_000, end: end),
    ])
    let folder = try TemporaryFolder()
    let text = message {
      _ = try DataFetch(into: folder.path, mirror: server.address, patience: 2).fetch(source())
    }
    #expect(
      text.hasPrefix("\(server.address)/letters/raw/b could not be downloaded: curl: (28) "), "\(text)")
    #expect(try contents(folder) == ["letters", "letters/raw", "letters/raw/a"])
  }

  /// Nobody but the server says how long an answer is that is not the file: it is stored no further than the file goes.
  @Test(.timeLimit(.minutes(5))) func anAnswerWithoutAnEndIsCut() throws {
    let server = try LocalServer([
      "/letters/raw/a": .init(body: [UInt8](repeating: 65, count: 5_000), end: .repeating)
    ])
    let folder = try TemporaryFolder()
    #expect(
      message { _ = try DataFetch(into: folder.path, mirror: server.address).fetch(source()) }
        == "\(server.address)/letters/raw/a could not be downloaded: the answer goes on beyond the 5 bytes of the file; "
        + "check the connection, or set COPPICE_MIRROR to a server with the same files")
    #expect(try contents(folder) == ["letters"])
    // Of a file without a published checksum, as much as is read of such a file.
    let sentences = try sentenceServer(.init(body: [UInt8](repeating: 65, count: 1 << 20), end: .repeating))
    #expect(
      message { _ = try DataFetch(into: folder.path, mirror: sentences.address).fetch(.sst2) }.contains(
        "sst2/test.tsv could not be downloaded: the answer goes on beyond the 67108864 bytes"))
    #expect(try contents(folder) == ["letters"])
  }

  @Test func anEmptyAnswerIsNoFile() throws {
    let (folder, server) = (try TemporaryFolder(), try LocalServer(["/letters/raw/a": .init()]))
    #expect(
      message { _ = try DataFetch(into: folder.path, mirror: server.address).fetch(source()) }.contains(
        "letters/raw/a could not be downloaded: the answer was empty"))
  }

  @Test func embeddedSetsHaveNothingToFetch() {
    #expect(
      message { _ = try DataFetch(into: "/nowhere", mirror: nil).fetch(.glyphs) }
        == "the data set \"glyphs\" is generated in code: there is nothing to fetch")
  }

  @Test func aFolderThatCannotBeWritten() throws {
    let folder = try TemporaryFolder()
    try folder.write([0], "letters")  // a file where a folder should be
    let text = message { _ = try DataFetch(into: folder.path, mirror: "http://127.0.0.1:9").fetch(source()) }
    #expect(text.hasPrefix("\(folder.path)/letters/raw cannot be written: "))
    #expect(text.hasSuffix("; choose another folder with --data DIR"))
  }
}
