import ArgumentParser
import Coppice
import CoppiceStore

struct NoteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "note", abstract: "Note something of a trial, or tell what is noted.",
    discussion: examples(
      "note \(anExperiment)/dense-seed0 \"the loss jumps at step 300\"", "note \(anExperiment)/dense-seed0"))

  @Argument(
    help: "EXPERIMENT/TRIAL, or the beginning or end of a trial's name.", completion: Completions.trials)
  var trial: String

  @Argument(help: "What is to be noted in place of what was; an empty text for nothing.")
  var note: String?

  @OptionGroup var results: ResultsOptions
  @OptionGroup var format: FormatOptions

  func run() throws {
    let found = try StoredResults(folder: results.folder).noted(trial)
    let path = results.folder.notes(of: found.experiment)
    let notes =
      try note.map { note in try TrialNotes.change(path) { $0[found.trial].note = note } } ?? TrialNotes(path)
    try Terminal.data(found.text(notes[found.trial], isJSON: format.json))
  }
}
