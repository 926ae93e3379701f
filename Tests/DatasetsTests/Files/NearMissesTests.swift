import CoppiceDatasets
import CoppiceTerms
import Foundation
import Testing

/// Files that lie nearly where they belong are found where only one folder can be meant, and named with a next step elsewhere.
@Suite struct NearMissesTests {
  private let files = DataFiles(
    folders: ["Letters/raw"], files: [.init("a.tsv.gz"), .init("b.tsv", alternatives: ["c.tsv"])],
    addresses: ["http://127.0.0.1:9"], archive: .init("letters.tar.gz"))

  /// The path of the first file, or what is said, both with `%` for the folder.
  private func found(_ paths: [String], below: String = "") throws -> String {
    let folder = try TemporaryFolder()
    for path in paths { try folder.write([7], path) }
    let folders = DataFolders([folder.path + below])
    do {
      return try folders.load(files, dataset: "letters").map(\.path).joined(separator: " ").replacing(
        folder.path, with: "%")
    } catch {
      return "\(error)".split(separator: "\n").filter { $0.hasPrefix("Nearly:") }
        .map { $0.dropFirst("Nearly:         ".count) }.joined(separator: "\n").replacing(
          folder.path, with: "%")
    }
  }

  @Test(arguments: [
    (["Letters/raw/a.tsv.gz", "Letters/raw/b.tsv"], "%/Letters/raw/a.tsv.gz %/Letters/raw/b.tsv"),
    (["Letters/raw/a.tsv", "Letters/raw/b.tsv.gz"], "%/Letters/raw/a.tsv %/Letters/raw/b.tsv.gz"),
    (["Letters/raw/a.tsv", "Letters/raw/c.tsv"], "%/Letters/raw/a.tsv %/Letters/raw/c.tsv"),
    (
      ["Letters/raw/a.tsv/a.tsv", "Letters/raw/b.tsv/b.tsv"],
      "%/Letters/raw/a.tsv/a.tsv %/Letters/raw/b.tsv/b.tsv"
    ),
    (["Letters/a.tsv", "Letters/b.tsv"], "%/Letters/a.tsv %/Letters/b.tsv"),
    (["Letters/raw/x/a.tsv", "Letters/raw/x/b.tsv"], "%/Letters/raw/x/a.tsv %/Letters/raw/x/b.tsv"),
    (["Letters/x/a.tsv", "Letters/x/b.tsv"], "%/Letters/x/a.tsv %/Letters/x/b.tsv"),
  ])
  func whatCanOnlyBeMeantIsFound(paths: [String], expected: String) throws {
    #expect(try found(paths) == expected)
  }

  @Test func whatIsAmbiguousIsNotTaken() throws {
    #expect(
      try found(["Letters/x/a.tsv", "Letters/x/b.tsv", "Letters/y/a.tsv", "Letters/y/b.tsv"])
        == "%/Letters/x and %/Letters/y hold all its files: leave one of them")
    // These names say nothing of the set.
    #expect(
      try found(["a.tsv", "b.tsv"])
        == "% itself holds files of these names: move them to %/Letters/raw")
  }

  @Test func nearMissesAreNamed() throws {
    let deep = ["x/Letters/raw/a.tsv", "x/Letters/raw/b.tsv"]
    #expect(try found(deep) == "%/x/Letters/raw holds them: name %/x")
    for below in ["/x/Letters/raw", "/x/Letters/raw/", "/x/Letters"] {
      #expect(try found(deep, below: below) == "%/x/Letters/raw holds them: name %/x, the folder above")
    }
    #expect(
      try found(["Letters/raw/a.csv", "Letters/raw/b.tsv"])
        == "%/Letters/raw has a.csv, not a.tsv.gz: it is read under that name alone")
    #expect(
      try found(["Letters/raw/A_.TSV", "Letters/raw/b.tsv"])
        == "%/Letters/raw has A_.TSV, not a.tsv.gz: it is read under that name alone")
    #expect(try found(["letters/raw/a.tsv", "letters/raw/b.tsv"]) == "% has letters, not Letters: rename it")
    #expect(
      try found(["letters.tar.gz"]) == "%/letters.tar.gz is not unpacked: tar -xzf %/letters.tar.gz -C %")
    #expect(try found(["other"]) == "")
  }
}
