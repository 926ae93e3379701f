import Coppice
import CoppiceReporting
import Foundation

/// What a run draws of its rows.
enum RunFigure {
  /// The table, and the figure beside the summary; none while there is nothing to tabulate or to draw.
  /// - Throws: what hinders either.
  static func write(_ report: RunReport, _ plan: SweepPlan) throws -> (table: Table?, figure: String?) {
    let path = (report.summary as NSString).deletingLastPathComponent + "/accuracy.svg"
    do {
      let curves = try CurveSet(report.rows)
      let table = try curves.table()
      guard report.summaryError == nil else { return (table, nil) }
      let figure = try curves.figure(
        title: plan.experiment.question, command: "\(ProgramName.current) plot \(report.summary) -o \(path)",
        generator: "coppice \(Provenance.toolVersion)")
      try FigureFile(path).write(figure.withDetail)
      return (table, path)
    } catch ReportingError.noRows, ReportingError.noValues {
      // Trials that did not get so far are counted, and each failure is told.
      return (report.rows.isEmpty ? nil : try CurveSet(report.rows).table(), nil)
    }
  }
}
