import ArgumentParser
import Coppice
import CoppiceStore

struct TagCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tag", abstract: "Tag a trial, or tell its tags.",
    discussion: """
      Tags are kept in notes.json beside the summary. No run writes that file and clean leaves it. They are a column of `ls` and may be \
      asked for: --where '"good" in tags'.

      \(examples("tag \(anExperiment)/dense-seed0 +good -doubtful", "tag \(anExperiment)/dense-seed0"))
      """)

  @Argument(
    help: "EXPERIMENT/TRIAL, or the beginning or end of a trial's name.", completion: Completions.trials)
  var trial: String

  @Argument(
    parsing: .allUnrecognized,
    help: ArgumentHelp("Tags to put on, as +good, and to take off, as -doubtful.", valueName: "changes"))
  var changes: [String] = []

  @OptionGroup var results: ResultsOptions
  @OptionGroup var format: FormatOptions

  func validate() throws {
    for change in changes {
      if change.hasPrefix("--") { throw ValidationError("there is no option \"\(change)\"") }
      guard let sign = change.first, "+-".contains(sign), TrialNotes.isTag(String(change.dropFirst())) else {
        throw ValidationError(
          "a change is + or - and a tag of letters, digits, -, _ and ., as +good, not \"\(change)\"")
      }
    }
  }

  func run() throws {
    let found = try StoredResults(folder: results.folder).noted(trial)
    let path = results.folder.notes(of: found.experiment)
    let notes =
      changes.isEmpty
      ? try TrialNotes(path)
      : try TrialNotes.change(path) { notes in
        var tags = Set(notes[found.trial].tags)
        for change in changes {
          let tag = String(change.dropFirst())
          if change.hasPrefix("+") { tags.insert(tag) } else { tags.remove(tag) }
        }
        notes[found.trial].tags = tags.sorted()
      }
    try Terminal.data(found.text(notes[found.trial], isJSON: format.json))
  }
}
