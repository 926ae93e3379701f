import CoppiceReporting
import CoppiceStore
import CoppiceTestSupport
import Foundation
import Testing

/// Forged summaries and trials, drawn and tabulated in every way: whatever numbers they hold, there is a figure and a table, or an error.
@Suite struct FuzzingTests {
  /// A summary of a grid, a ladder and an analysis.
  private func summary(_ folder: TemporaryFolder) throws -> Forger {
    let path = folder.file("summary.h5")
    let rows = Array(IndexRows.grid().prefix(7)) + IndexRows.ladder(rounds: 2, seeds: 2)
    try SummaryFile.write(
      Summary(
        experiment: "forged", configuration: "{}", provenance: "{}", rows: rows,
        analyses: [NamedTableFigureTests.overlap()]), to: path)
    return try Forger(path)
  }

  /// Everything that is made of rows.
  private func show(_ rows: [IndexRow], _ analyses: [NamedTable]) throws {
    _ = Table(rows).commaSeparated
    _ = Table(rows).text(width: 100)
    for table in analyses {
      _ = table.table.text(width: 80)
      _ = table.table.json
      _ = table.figure(band: .ci95)?.withDetail.svg
    }
    let curves = try CurveSet(rows)
    for band in Band.allCases {
      let table = try curves.table(of: ["test_accuracy", "test_loss", "early_stop_step"], band: band)
      _ = (table.text(width: 100), table.markdown, table.json)
    }
    for axis in SparsityAxis.allCases {
      for metric in ["test_accuracy", "test_loss", "early_stop_step"] {
        var figure = try curves.figure(of: metric, against: axis, band: .std)
        _ = figure.withDetail.svg
        figure.y.scale = .logarithmic
        _ = figure.svg
      }
    }
    _ = try curves.summaryCurves()
    _ = try CurveSet(rows, by: ["criterion", "seed"]).table().text()
    _ = try CurveSet(rows, along: "learning_rate").figure(
      of: "test_loss", against: .remaining, column: "learning_rate", band: .ci95
    ).svg
  }

  @Test func forgedSummariesAreShownOrRefused() throws {
    let folder = try TemporaryFolder()
    let forger = try summary(folder)
    let stride = max(1, forger.changes.count / max(1, Fuzzing.count))
    let path = folder.file("forged.h5")
    let answers = try Fuzzing("shown-summaries").run(input: { forger.input($0 * stride) }) { bytes in
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      let summary = try SummaryFile.read(path)
      try show(summary.rows, summary.analyses)
    }
    #expect(answers.refused > 0 && answers.refused < answers.read)
  }

  @Test func forgedLogsOfTrialsAreDrawnOrRefused() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("trial.h5")
    let rounds = TrialLogTests.log.rounds.map {
      RoundRecord(
        row: IndexRows.row(target: 0.5, seed: 1, round: $0.index, accuracy: 0.5), series: $0.series,
        evaluations: $0.evaluations)
    }
    try TrialFile.write(
      TrialRecord(trial: "t", status: .completed, configuration: "{}", provenance: "{}", rounds: rounds),
      to: path)
    let forger = try Forger(path)
    let stride = max(1, forger.changes.count / max(1, Fuzzing.count))
    let answers = try Fuzzing("shown-trials").run(input: { forger.input($0 * stride) }) { bytes in
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      let log = try TrialLog(try TrialFile(path))
      var figure = log.figure(of: log.names)
      _ = figure.svg
      for index in figure.panels.indices { figure.panels[index].y.scale = .logarithmic }
      _ = figure.svg
    }
    #expect(answers.refused > 0 && answers.refused < answers.read)
  }

  @Test func damagedConditionsAreReadOrRefused() throws {
    let rows = IndexRows.grid() + IndexRows.ladder()
    let mutator = Mutator(
      try Corpus.lines("conditions"), words: ["=", "<=", ">=", "!=", "<", ">", ",", "sparsity"])
    let answers = try Fuzzing("conditions").run(mutator) { bytes in
      let condition = try RowCondition(parsing: String(decoding: bytes, as: UTF8.self))
      let kept = try RowCondition.rows(rows, meeting: [condition])
      #expect(!kept.isEmpty && kept.count <= rows.count)
    }
    #expect(answers.refused > 0 && answers.refused < answers.read)
  }

  @Test func damagedExpressionsAreReadOrRefused() throws {
    let rows = IndexRows.grid() + IndexRows.ladder()
    let mutator = Mutator(
      try Corpus.lines("expressions"),
      words: ["==", "&&", "||", "!", "(", ")", "[", "]", "in", "\"", "~", "sparsity", "true", "1e9", "%"])
    let tags = RowColumn("tags") { .text($0.seed == 0 ? "good" : "") }
    let answers = try Fuzzing("expressions").run(mutator) { bytes in
      let filter = try RowFilter(parsing: String(decoding: bytes, as: UTF8.self))
      let kept = try RowFilter.rows(rows, meeting: [filter], beside: [tags])
      #expect(kept.count <= rows.count)
      #expect(try RowFilter.curveRows(rows, meeting: [filter], beside: [tags]).count >= kept.count)
    }
    #expect(answers.refused > 0 && answers.refused < answers.read)
  }

  /// Curves that crowd together beyond what their quantity can be, and spans beyond the largest number.
  @Test func valuesBeyondTheirBoundsAreDrawn() {
    for values in [[0.0, 5, 5.1], [-1e308, 1e308, 1e308], [0, 1e308, 1.1e308]] {
      let lines = values.map { y in
        LineFigure.Line(label: "a", points: [.init(x: -1e308, y: y), .init(x: 1e308, y: y)])
      }
      let figure = LineFigure(
        title: "", x: Axis(label: "x"), y: Axis(label: "y", bounds: 0...1), lines: lines)
      #expect(figure.withDetail.svg.hasSuffix("</svg>\n"))
    }
  }

  /// Numbers that no file of ours holds, in every place of a figure.
  @Test func anyNumbersAreDrawn() throws {
    let numbers = [
      0, 1, -1, 0.5, 1e300, -1e300, .leastNonzeroMagnitude, 1e-300, .infinity, .nan, 0x1p63, 1e15, 1 + 1e-16,
      123456.789,
    ]
    for low in numbers {
      for high in numbers {
        for scale in [AxisScale.Kind.linear, .logarithmic] {
          let points: [LineFigure.Point] = [
            .init(x: low, y: high), .init(x: high, y: low, low: low, high: high),
          ]
          var figure = LineFigure(
            title: "", x: Axis(label: "x"), y: Axis(label: "y", scale: scale),
            lines: [.init(label: "a", points: points)])
          #expect(figure.svg.hasSuffix("</svg>\n"))
          figure.x.scale = scale
          #expect(figure.withDetail.svg.hasSuffix("</svg>\n"))
        }
      }
      let texts = [NumberText.fixed(low, decimals: 3), NumberText.exact(low), NumberText.grouped(low)]
      #expect(texts.allSatisfy { !$0.isEmpty })
    }
  }
}
