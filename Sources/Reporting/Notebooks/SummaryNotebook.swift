import CoppiceStore
import CoppiceTerms

/// The notebook of a summary: its rows, curves, table, figures, analyses and one of its trials, computed anew in Python from the file.
package struct SummaryNotebook: Sendable {
  private let experiment: String
  private let question: String
  /// The columns that tell curves apart, by their names in the file.
  private let columns: [String]
  private let trial: String?

  /// The notebook of these results.
  ///
  /// - Parameters:
  ///   - question: what the experiment asks; empty for nothing.
  ///   - columns: what tells curves apart; `nil` for what `coppice table` takes.
  /// - Throws: `ReportingError` where the rows are no curves.
  package init(
    experiment: String, question: String, rows: [IndexRow], by columns: [String]? = nil
  ) throws(ReportingError) {
    (self.experiment, self.question) = (experiment, question)
    self.columns = try CurveSet(rows, by: columns).columns.map(Self.columnName)
    trial = Self.trial(of: rows)
  }

  /// The name of the trial whose masks and weights are worth a look: completed, no control, of the first seed, and of these the one in
  /// which least is left. `nil` where nothing was pruned.
  package static func trial(of rows: [IndexRow]) -> String? {
    let pruned = rows.filter { row in
      row.isFinal && row.status == .completed && row.control == "none" && row.sparsity > 0
    }
    guard let seed = pruned.map(\.seed).min() else { return nil }
    var best: IndexRow?
    for row in pruned where row.seed == seed && row.sparsity > best?.sparsity ?? 0 { best = row }
    return best?.trial
  }

  /// The notebook, which finds its files by these paths.
  ///
  /// - Parameters:
  ///   - summary: the summary, from where the notebook is run.
  ///   - trials: the folder of its trial files.
  ///   - trial: a trial file in place of the one that is chosen.
  ///   - metric: the measure that is tabulated and drawn.
  ///   - command: what writes the notebook again.
  package func notebook(
    summary: String, trials: String, trial chosen: String? = nil, metric: String = "test_accuracy",
    band: Band = .ci95, command: String
  ) -> Notebook {
    let trial = chosen ?? trial.map { "\(trials)/\($0).h5" } ?? ""
    let by = "[" + columns.map(Self.quoted).joined(separator: ", ") + "]"
    let parameters = """
      summary = \(Self.quoted(summary))
      trial = \(Self.quoted(trial))  # a trial file, for masks and weights; "" for none
      metric = \(Self.quoted(metric))
      by = \(by)  # the columns that tell curves apart; None for those that vary
      band = \(Self.quoted(band.rawValue))  # or "std", "minmax"
      """
    return Notebook(cells: [
      .words("intro", introduction),
      .python("parameters", parameters, isParameters: true),
      .words("rows-text", NotebookWords.rows), .python("rows", NotebookPython.rows),
      .words("curves-text", NotebookWords.curves), .python("curves", NotebookPython.curves),
      .words("table-text", NotebookWords.table), .python("table", NotebookPython.table),
      .words("figure-text", NotebookWords.figure), .python("figure", NotebookPython.figure),
      .words("early-text", NotebookWords.early), .python("early", NotebookPython.early),
      .words("analyses-text", NotebookWords.analyses), .python("analyses", NotebookPython.analyses),
      .words("trial-text", NotebookWords.trial), .python("trial", NotebookPython.trial),
      .words("classes-text", NotebookWords.classes), .python("classes", NotebookPython.classes),
      .words("cube-text", NotebookWords.cube), .python("cube", NotebookPython.cube),
      .words("again", again(command)),
    ])
  }

  private var introduction: String {
    """
    # \(experiment)

    \(question.isEmpty ? "Accuracy against sparsity." : question)

    This notebook reads the summary file that `coppice run` wrote, tabulates it, and draws it. It computes everything anew, by the rules
    of `coppice table` and `coppice plot`. It needs `pip install -r requirements.txt` and nothing of Coppice itself.
    """
  }

  private func again(_ command: String) -> String {
    """
    ## Again

    `\(command)` writes this notebook, without outputs; `python execute.py \(experiment).ipynb` runs it and keeps what it shows. The
    summary says which command made it, above. For another summary write another notebook, or set the first cell.
    """
  }

  /// A column as files call it.
  private static func columnName(_ column: String) -> String {
    if IndexRow.columnNames.contains(column) { return column }
    return String(column.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
  }

  /// A text as Python reads it.
  private static func quoted(_ text: String) -> String { JSON.text(text).text }
}
