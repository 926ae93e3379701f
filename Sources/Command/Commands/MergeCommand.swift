import ArgumentParser
import Coppice
import CoppiceReporting
import CoppiceStore
import Foundation

struct MergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Join the results of several machines to those of one sweep.",
    discussion: """
      Each part is the folder of an experiment's results, with summary.h5, trials, or both. Nothing in them is changed. What \
      conflicts is told, and nothing is written then: one trial with other bits, another version of the numerics, other data, a \
      setting that the sweep does not vary. Each file appears whole, and the same command goes on with a merge that was interrupted.

      Exit code 65 where the parts conflict.

      \(examples("merge all/\(anExperiment) one/\(anExperiment) two/\(anExperiment)"))
      """)

  @Argument(help: ArgumentHelp("The folder that is made.", valueName: "out"), completion: .directory)
  var out: String

  @Argument(help: ArgumentHelp("The folders that are joined.", valueName: "part"), completion: .directory)
  var parts: [String]

  @Option(
    help: ArgumentHelp(
      "The part whose trials count where others have other bits of them.", valueName: "part"),
    completion: .directory)
  var prefer: String?

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "A setting in which the parts differ and may, because the sweep was split by it; may be repeated.",
      valueName: "setting"),
    completion: .list(Settings.all.map(\.name)))
  var across: [String] = []

  @Flag(help: "Also join the stages that lie beside the parts, for those that go on from them.")
  var stages = false

  @OptionGroup var data: DataOptions
  @OptionGroup var format: FormatOptions

  func validate() throws {
    guard parts.count > 1 else {
      throw ValidationError("merge takes a folder to make and two or more to join")
    }
    for name in across where !Settings.all.contains(where: { $0.name == name }) {
      throw ValidationError("--across takes the name of a setting, and there is none named \(name)")
    }
  }

  func run() throws {
    do { try merge() } catch  where error is Interrupted {
      throw CommandFailure("stopped, because an end was asked for; the same command goes on", .interrupted)
    }
  }

  private func merge() throws {
    let interruption = Interruption()
    interruption.observeSignals()
    let parts = try parts.map { try ResultsPart(Self.plain($0)) }
    let merge = try ResultsMerge(
      parts, preferred: prefer.map(Self.plain), swept: Set(across + Self.swept(by: parts)))
    let out = Self.plain(out)
    // What hinders curves is no fault of what is joined.
    try merge.write(to: out, interruption: interruption) { rows in try? CurveSet(rows).summaryCurves() }
    let copied =
      stages ? try merge.copyStages(to: out, DataLibrary(data.folders), interruption: interruption) : 0
    for note in merge.notes { Terminal.log("note: \(note)") }
    if merge.dropsAnalyses {
      Terminal.log("note: what analyses found in the parts holds for them alone, and is not taken over")
    }
    let files = merge.entries.count { $0.file != nil }
    try Terminal.data(
      format.json
        ? JSON.object([
          ("schema_version", .integer(1)), ("summary", .text(out + "/summary.h5")),
          ("trials", .integer(merge.entries.count)), ("trial_files", .integer(files)),
          ("shared", .integer(merge.shared)), ("rows", .integer(merge.rows.count)),
          ("stages", .integer(copied)),
          ("notes", .list(merge.notes.map(JSON.text))),
        ])
        : "\(merge.entries.count) trials (\(merge.shared) in several parts, the same to the bit), \(files) with files"
          + (stages ? ", \(copied) stages" : "") + "\n\(out)/summary.h5")
  }

  private static func plain(_ path: String) -> String {
    path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
  }

  /// The settings that the experiment itself varies, where this program has it.
  private static func swept(by parts: [ResultsPart]) -> [String] {
    guard let summary = parts.lazy.compactMap(\.summary).first,
      case .text(let name)? = JSON.member("experiment", of: summary.configuration),
      let cells = try? ExperimentCatalogue.experiment(name).trials()
    else { return [] }
    return Settings.all.filter { setting in Set(cells.map { setting.value($0) }).count > 1 }.map(\.name)
  }
}
