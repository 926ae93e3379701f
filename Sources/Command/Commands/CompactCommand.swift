import ArgumentParser
import Coppice
import CoppiceStore
import Foundation

struct CompactCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compact",
    abstract: "Write the smaller network that is left of a trial where pruned units are cut out.",
    discussion: """
      Channels, hidden units, attention heads and features of which masks leave nothing are cut out of weights, running statistics \
      and shapes. What is left computes the same, up to rounding, and lies in an HDF5 file of its own. Blocks that are named are left out \
      whatever they say, so that what each is given goes through: the network then computes something else.

      \(examples("compact hidden-unit-0.5-seed0 small.h5", "compact \(anExperiment)/dense-seed0 small.h5 --round 2", "compact dense-seed0 three.h5 --without-block h.2"))
      """)

  @Argument(
    help: "A trial file, EXPERIMENT/TRIAL, or the beginning or end of a trial's name.",
    completion: Completions.trials)
  var trial: String

  @Argument(help: "The file to write.", completion: .file(extensions: ["h5"]))
  var file: String

  @Option(help: "The round whose network it is; the last one where not said.")
  var round: Int?

  @Option(
    name: .customLong("without-block"),
    help: ArgumentHelp(
      "A block to leave out, as h.2 or layer3.1; may stand several times. See `\(ProgramName.current) explain`.",
      valueName: "block"))
  var blocks: [String] = []

  @OptionGroup var results: ResultsOptions
  @OptionGroup var data: DataOptions
  @OptionGroup var foreign: ForeignOptions
  @OptionGroup var format: FormatOptions

  func run() throws { try foreign.contain(within: nil) { try compact() } }

  private func compact() throws {
    try checkTarget()
    let path = try StoredResults(folder: results.folder).trial(trial)
    let record = try TrialFile(path, isForeign: foreign.isForeign).record()
    let stored = try StoredNetwork(record, library: DataLibrary(data.folders))
    let found = try record.round(round)
    let network = try CompactedNetwork(stored.regimen.model, found, withoutBlocks: blocks)
    try network.file(trial: record.trial, round: found.index, configuration: record.configuration)
      .write(to: file)
    let (before, after) = (Self.count(stored.regimen.model), Self.count(network.network))
    let members: [(name: String, value: JSON)] = [
      ("schema_version", .integer(1)), ("trial", .text(record.trial)), ("round", .integer(found.index)),
      ("file", .text(file)), ("parameters", .integer(before)), ("parameters_compacted", .integer(after)),
    ]
    try Terminal.data(
      format.json
        ? JSON.object(members)
        : "\(record.trial), round \(found.index): \(after) of \(before) parameters, written to \(file)")
  }

  /// Refuses to write where there is no folder, or over what is no network of this kind: a result, for one.
  private func checkTarget() throws {
    let folder = (file as NSString).deletingLastPathComponent
    guard folder.isEmpty || FileManager.default.fileExists(atPath: folder) else {
      throw CommandFailure(
        "the network cannot be written to \(file): there is no folder \(folder)", CommandFailure.inputOutput)
    }
    guard FileKind(at: file) != nil else { return }
    do { _ = try CompactedFile(file, isForeign: foreign.isForeign) } catch {
      throw CommandFailure(
        "the network is not written over \(file), which is there and is no compacted network; choose another name",
        CommandFailure.usage)
    }
  }

  private static func count(_ network: Network) -> Int {
    network.declarations.reduce(0) { $0 + $1.shape.count }
  }
}
