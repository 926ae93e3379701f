import Coppice
import CoppiceReporting
import CoppiceStore

/// In what two summaries differ, for people and for programs.
struct SummaryDiffReport {
  let difference: SummaryDifference

  /// A metric over all rounds that both have.
  private struct Spread {
    let metric: Metric
    let count: Int
    let differing: Int
    /// Where the two are farthest apart.
    let farthest: (pair: SummaryDifference.Pair, distance: Double)?
  }

  init(_ one: Summary, _ other: Summary) { difference = SummaryDifference(one, other) }

  /// Every metric that both have measured, but for those that tell of the machine.
  private var spreads: [Spread] {
    Metrics.all.filter { !IndexRow.isOfMachine($0.name) }.compactMap { metric in
      let pairs = difference.pairs.filter { !$0.one[metric: metric].isNaN && !$0.other[metric: metric].isNaN }
      guard !pairs.isEmpty else { return nil }
      var farthest: (pair: SummaryDifference.Pair, distance: Double)?
      var differing = 0
      for pair in pairs where pair.one[metric: metric].bitPattern != pair.other[metric: metric].bitPattern {
        differing += 1
        let distance = abs(pair.other[metric: metric] - pair.one[metric: metric])
        if distance > farthest?.distance ?? -1 { farthest = (pair, distance) }
      }
      return Spread(metric: metric, count: pairs.count, differing: differing, farthest: farthest)
    }
  }

  /// The final rows and those of ladders, by cell and round.
  private var cells: [(cell: String, round: Int, pairs: [SummaryDifference.Pair])] {
    var cells: [(cell: String, round: Int, pairs: [SummaryDifference.Pair])] = []
    var places: [String: Int] = [:]
    for pair in difference.pairs where pair.one.isFinal || pair.one.isLadder {
      let key = "\(pair.cell)\n\(pair.one.round)"
      if let place = places[key] {
        cells[place].pairs.append(pair)
      } else {
        places[key] = cells.count
        cells.append((pair.cell, pair.one.round, [pair]))
      }
    }
    return cells
  }

  /// The difference of the test accuracy in each cell, paired by seed: other − one, with its 95 % interval.
  private var paired: [(cell: String, round: Int, one: Double, sample: SampleStatistics)] {
    cells.map { cell, round, pairs in
      func values(_ row: (SummaryDifference.Pair) -> IndexRow) -> [Int: Double] {
        Dictionary(
          pairs.map { (row($0).seed, row($0)[metric: .testAccuracy]) },
          uniquingKeysWith: { first, _ in first })
      }
      let one = values(\.one)
      let difference = PairedDifference(treatment: values(\.other), reference: one)
      let mean = SampleStatistics(one.sorted { $0.key < $1.key }.map(\.value)).mean
      return (cell, round, mean ?? .nan, difference.sample)
    }
  }

  private var verdict: String {
    let trials = Set(difference.pairs.map(\.one.trial))
    let differing = difference.pairs.filter { !$0.differences.isEmpty }
    var lines = [
      difference.isIdentical
        ? "identical: every row of \(trials.count) trials is the same to the bit"
        : "\(trials.count) trials are in both; \(Set(differing.map(\.one.trial)).count) of them have rows that differ"
    ]
    if let first = differing.first, let column = first.differences.first?.column {
      lines.append(
        "the first: \(first.one.trial)  →  \(first.other.trial), round \(first.one.round), \(column); `diff` of these trials says more"
      )
    }
    for (names, side) in [(difference.onlyOne, "one"), (difference.onlyOther, "other")] where !names.isEmpty {
      let some = names.prefix(3).joined(separator: ", ")
      lines.append(
        "\(names.count) are in the \(side) alone, or with other rounds: \(some)\(names.count > 3 ? ", …" : "")"
      )
    }
    return lines.joined(separator: "\n")
  }

  func text(width: Int?) -> String {
    let spreads = Table(
      columns: [
        .init(name: "metric", isName: true), .init(name: "rows", format: .integer),
        .init(name: "differing", format: .integer), .init(name: "maximum", heading: "max |Δ|"),
        .init(name: "trial"), .init(name: "round", format: .integer),
      ],
      rows: spreads.filter { $0.differing > 0 }.map { spread in
        [
          .text(spread.metric.name), .number(Double(spread.count)), .number(Double(spread.differing)),
          spread.farthest.map { .number($0.distance) } ?? .missing,
          spread.farthest.map { .text($0.pair.one.trial) } ?? .missing,
          spread.farthest.map { .number(Double($0.pair.one.round)) } ?? .missing,
        ]
      })
    let cells = Table(
      columns: [
        .init(name: "cell", heading: "cell: test accuracy", isName: true),
        .init(name: "round", format: .integer),
        .init(name: "one", heading: "one (%)", format: .percent(2)),
        .init(name: "difference", heading: "Δ (pp, 95 % t)", format: .percent(2), isSigned: true),
        .init(name: "n", format: .integer),
      ],
      rows: paired.map {
        [
          .text($0.cell.isEmpty ? "all" : $0.cell), .number(Double($0.round)), .number($0.one),
          .estimate(mean: $0.sample.mean ?? .nan, halfWidth: $0.sample.confidenceHalfWidth),
          .count($0.sample.count, of: $0.sample.expected),
        ]
      })
    return DiffText.paragraphs([
      verdict, DiffText.lines("settings", difference.settings),
      DiffText.lines("provenance", difference.provenance),
      spreads.rows.isEmpty ? nil : spreads.text(width: width),
      difference.isIdentical || cells.rows.isEmpty ? nil : cells.text(width: width),
    ])
  }

  var json: String {
    JSON.object([
      ("schema_version", .integer(1)), ("kind", .text("summaries")),
      ("identical", .flag(difference.isIdentical)),
      ("settings", DiffText.json(difference.settings)), ("provenance", DiffText.json(difference.provenance)),
      ("trials_in_both", .integer(Set(difference.pairs.map(\.one.trial)).count)),
      ("only_one", .list(difference.onlyOne.map(JSON.text))),
      ("only_other", .list(difference.onlyOther.map(JSON.text))),
      (
        "metrics",
        .list(
          spreads.map { spread in
            .members([
              ("metric", .text(spread.metric.name)), ("rows", .integer(spread.count)),
              ("differing", .integer(spread.differing)),
              ("maximum", DiffText.number(spread.farthest?.distance ?? 0)),
              ("trial", spread.farthest.map { .text($0.pair.one.trial) } ?? .null),
              ("round", spread.farthest.map { .integer($0.pair.one.round) } ?? .null),
            ])
          })
      ),
      (
        "cells",
        .list(
          paired.map { cell in
            .members([
              ("cell", .text(cell.cell)), ("round", .integer(cell.round)),
              ("metric", .text(Metric.testAccuracy.name)),
              ("one", DiffText.number(cell.one)), ("difference", DiffText.number(cell.sample.mean)),
              ("half_width", DiffText.number(cell.sample.confidenceHalfWidth)),
              ("n", .integer(cell.sample.count)),
            ])
          })
      ),
      (
        "differences",
        .list(
          difference.pairs.filter { !$0.differences.isEmpty }.map { pair in
            .members([
              ("one", .text(pair.one.trial)), ("other", .text(pair.other.trial)),
              ("round", .integer(pair.one.round)),
              ("columns", .list(pair.differences.map { .text($0.column) })),
            ])
          })
      ),
    ])
  }
}
