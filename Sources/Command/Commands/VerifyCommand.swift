import ArgumentParser
import Coppice
import CoppiceStore
import Foundation

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Run stored trials again and compare bit for bit with what is stored.",
    discussion: """
      Takes a summary, a trial, an archive that pack wrote, or a list of digests. Everything is computed anew in a temporary folder; \
      nothing that is stored is read for it or changed. Of a trial that is not identical it says where the two first part, or why \
      they cannot be compared: another version of the numerics, other data, a component without a version.

      Exit code 0 where all are identical, 1 where one differs or cannot be verified, 65 where an archive is damaged or refused.

      \(examples(
        "verify \(anExperiment) --sample 10", "verify \(anExperiment)/dense-seed0", "verify \(anExperiment).tar.gz --sample 3 --seed 7"))
      """)

  @Argument(
    help: ArgumentHelp(
      "A summary, a trial, an archive, a list of digests, or an experiment.", valueName: "stored"),
    completion: Completions.results)
  var stored: String

  @Option(help: "Take so many trials, chosen by --seed; else all.")
  var sample: Int?

  @Option(help: "The seed by which they are chosen.")
  var seed = 0

  @OptionGroup var results: ResultsOptions
  @OptionGroup var data: DataOptions
  @OptionGroup var cores: CoreOptions
  @OptionGroup var format: FormatOptions

  @Flag(help: "No progress, only the verdicts.")
  var quiet = false

  func validate() throws {
    if let sample, sample < 1 { throw ValidationError("--sample takes a number of trials, at least 1") }
  }

  func run() throws {
    try data.checkFolder()
    var found = try StoredResult(stored, in: StoredResults(folder: results.folder))
    var unpacked: ScratchFolder?
    var costs = results.folder.costs
    if case .archive(let path) = found {
      let folder = try ScratchFolder("pack")
      let contents = try PackedResults(unpacking: path, to: folder.path)
      if !format.json { try Terminal.data("\(path): \(contents.count) files are as the manifest says") }
      found = .summary(contents.summary)
      costs = contents.costs
      unpacked = folder
    }
    let library = DataLibrary(data.folders, tables: costs)
    let known = try KnownTrials(found, sample: sample.map { ($0, seed) }, library)
    if known.unfinished > 0 {
      Terminal.log("note: \(known.unfinished) trials have not ended and are left out")
    }
    let run = try VerificationRun(known.trials, library, cores, isQuiet: quiet || format.json)
    withExtendedLifetime(unpacked) {}
    try Terminal.data(
      format.json ? run.json(total: known.total) : run.text(of: ("trial", "trials"), total: known.total))
    try run.end()
  }
}
