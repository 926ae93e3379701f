import ArgumentParser
import Coppice
import CoppiceExchange
import CoppiceStore
import Foundation

struct PackCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pack",
    abstract: "Write an archive of results for an artefact evaluation, which verify accepts elsewhere.",
    discussion: """
      It holds the summary, figures and reports beside it, expected values, checksums of the data (not the data), the environment, \
      commands to repeat, the digests of trials, and a manifest with the SHA-256 of every file. The same results give the same bytes.

      \(examples("pack \(anExperiment) -o \(anExperiment).tar.gz", "pack \(anExperiment) -o whole.tar.gz --with trials"))
      """)

  @Argument(
    help: ArgumentHelp("A summary, or the experiment it belongs to.", valueName: "summary"),
    completion: Completions.results)
  var stored: String

  @Option(
    name: [.customShort("o"), .long], help: "The archive, as results.tar.gz.",
    completion: .file(extensions: ["gz"]))
  var output: String

  @Option(
    name: .customLong("with"),
    help:
      "What else goes along: trials (weights and masks), or stages (and what runs go on from); else neither.",
    completion: .list(["trials", "stages"]))
  var extent: String?

  @OptionGroup var results: ResultsOptions
  @OptionGroup var data: DataOptions
  @OptionGroup var format: FormatOptions

  func validate() throws {
    guard output.hasSuffix(".tar.gz") || output.hasSuffix(".tgz") else {
      throw ValidationError("an archive is written to .tar.gz, not to \(output)")
    }
    if let extent, !["trials", "stages"].contains(extent) {
      throw ValidationError("--with takes trials or stages, not \(extent)")
    }
  }

  func run() throws {
    let path = try StoredResults(folder: results.folder).summary(stored)
    let contents = try PackContents(
      path, extent.flatMap(PackContents.Extent.init(rawValue:)) ?? .summary,
      archive: (output as NSString).lastPathComponent,
      DataLibrary(data.folders, tables: results.folder.costs))
    try Archive.write(contents.members, to: output)
    for note in contents.notes { Terminal.log("note: \(note)") }
    let digest = try ResultDigest.text(ofFile: output)
    try Terminal.data(
      format.json
        ? JSON.object([
          ("schema_version", .integer(1)), ("archive", .text(output)),
          ("files", .integer(contents.members.count)),
          ("sha256", .text(digest)), ("notes", .list(contents.notes.map(JSON.text))),
        ]) : "\(output): \(contents.members.count) files, SHA-256 \(digest)")
  }
}
