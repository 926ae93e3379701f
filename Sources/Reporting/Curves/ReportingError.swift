import CoppiceTerms

/// Why no curves or tables can be made of an index.
package enum ReportingError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The index is empty.
  case noRows
  /// There is no such column.
  case unknownColumn(String, known: [String])
  /// The column holds text where a number is needed.
  case notNumeric(String)
  /// The columns chosen put several trials of one seed into one point, which would pass for more seeds.
  case severalTrialsInOnePoint(by: [String], differing: String)
  /// A side of a comparison holds several trials of one seed at one place: the column they differ in and two of its values.
  case severalTrialsOfASide(String, differing: String, [String])
  /// No row of one side of a comparison has a partner on another.
  case nothingPaired([String], by: [String])
  /// One point of a curve would be made of trials that differ in what a result depends on.
  case mixedCell(String, String, [String])
  /// Two trials differ in nothing the index knows.
  case twiceTheSameTrial(String, String)
  /// A condition on rows that cannot be read.
  case unreadableCondition(String)
  /// An expression about rows that cannot be read, or a column in one that is not there: the text, where it is known, and the
  /// place of the letter at fault, counted from 1.
  case unreadableExpression(String?, place: Int, reason: String)
  /// No row of a pruned network meets all conditions.
  case noRowsLeft
  /// No row meets the conditions of a claim.
  case noRowsMeeting([String])
  /// No value of the metric was measured.
  case noValues(String)

  package var description: String {
    switch self {
    case .noRows:
      return "The summary's index has no rows, so there is nothing to draw or tabulate. "
        + "Run the experiment first: every finished round is a row."
    case .unknownColumn(let column, let known):
      return
        "There is no column '\(column)'. The columns are: \(known.joined(separator: ", "))."
    case .notNumeric(let column):
      return "Column '\(column)' of the summary's index holds text, and a curve or a table needs a number. "
        + "Group by it (--by \(column)), or choose a metric such as test_accuracy."
    case .severalTrialsInOnePoint(let columns, let differing):
      return
        "Grouping by \(columns.isEmpty ? "nothing" : columns.joined(separator: ",")) puts several trials of "
        + "one seed into one point, where they would pass for more seeds; they differ in '\(differing)'. "
        + "Group by it too: --by \((columns + [differing]).joined(separator: ","))."
    case .severalTrialsOfASide(let side, let column, let values):
      return "'\(side)' holds several trials of one seed at one place; they differ in '\(column)' "
        + "(\(values.joined(separator: ", "))). Say which is meant, as \(side),\(column)=\(values.first ?? "")."
    case .nothingPaired(let sides, let columns):
      return
        "No row of \(sides.map { "'\($0)'" }.joined(separator: " and ")) is a pair with one of the other: none agree in "
        + "seed\(columns.map { ", " + $0 }.joined()). See the rows with `\(ProgramName.current) ls`."
    case .mixedCell(let curve, let aspect, let values):
      return
        "One point of '\(curve)' would be the mean of trials that differ in \(aspect) (\(values.joined(separator: "; "))): "
        + "they are no sample of one thing. Tell them apart with --by, or leave some out with --where."
    case .twiceTheSameTrial(let one, let other):
      return "Trials '\(one)' and '\(other)' have the same seed and sparsity and differ in no setting the "
        + "summary's index knows, so they cannot be told apart. Run the experiment again to write the summary anew."
    case .unreadableCondition(let text):
      return
        "'\(text)' is no condition. A condition is a column, a sign and a value: criterion=magnitude,random, "
        + "schedule!=one-shot, target_sparsity>=0.8 (in quotes, because of the shell)."
    case .unreadableExpression(let text, let place, let reason):
      return "The expression\(text.map { " '\($0)'" } ?? "") cannot be read at letter \(place): \(reason)"
        + (reason.hasSuffix(".") ? "" : ".")
        + " An expression is of the kind 'criterion == \"snip\" && sparsity > 0.9'."
    case .noRowsLeft:
      return
        "No row of a pruned network meets all conditions of --where. See the rows with `coppice table SUMMARY --rows`."
    case .noRowsMeeting(let conditions):
      return
        "No row of the summary meets \(conditions.joined(separator: " and ")). See the rows with "
        + "`\(ProgramName.current) table SUMMARY --rows`."
    case .noValues(let metric):
      return "No row of the summary has a value for '\(metric)', so there is nothing to draw. "
        + "Choose another metric with --y, or see `\(ProgramName.current) status` for trials that did not finish."
    }
  }
}

extension ReportingError: ReportedError {
  package var exitCode: FailureCode {
    switch self {
    case .noRows, .noValues, .twiceTheSameTrial: .badData
    case .severalTrialsOfASide, .nothingPaired, .mixedCell: .usage
    case .unknownColumn, .notNumeric, .severalTrialsInOnePoint, .unreadableCondition, .noRowsLeft,
      .unreadableExpression,
      .noRowsMeeting:
      .usage
    }
  }
}
