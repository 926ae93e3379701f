import Coppice
import CoppiceReporting
import CoppiceStore

/// A comparison of criteria as tables, JSON and a figure.
struct CriteriaReport {
  private let comparison: CriteriaComparison
  private let trial: String
  private let sparsity: Double
  /// The loss and the accuracy that are compared: of the validation data where there are any.
  private let loss: Metric
  private let accuracy: Metric

  init(_ comparison: CriteriaComparison, trial: String, sparsity: Double) {
    (self.comparison, self.trial, self.sparsity) = (comparison, trial, sparsity)
    let isValidated = !comparison.dense[.validationLoss].isNaN
    loss = isValidated ? .validationLoss : .testLoss
    accuracy = isValidated ? .validationAccuracy : .testAccuracy
  }

  private var names: [String] { comparison.cuts.map { $0.criterion.description } }

  private func increase(_ cut: CriteriaComparison.Cut) -> Double {
    cut.evaluation[loss] - comparison.dense[loss]
  }

  private func jaccard(_ one: Int, _ other: Int) -> Double? { comparison.agreement(one, other)?.jaccard }

  // MARK: For a person

  /// Two tables: a line a criterion, and what each two share.
  func text(width: Int?) -> String {
    let dense = comparison.dense
    var parts = [
      "\(trial): every criterion removes \(percent(sparsity)) % of the weights, nothing is trained afterwards\n"
        + "before: \(loss.quantity.title) \(NumberText.fixed(dense[loss], decimals: 4)), "
        + "\(accuracy.quantity.title) \(NumberText.fixed(dense[accuracy] * 100, decimals: 2)) %",
      cuts.text(width: width),
    ]
    if names.count > 1 {
      parts.append("survivors that two criteria share, |A ∩ B| / |A ∪ B|:\n" + overlaps.text(width: width))
    }
    if !comparison.refused.isEmpty {
      parts.append(
        "not applicable:\n"
          + comparison.refused.map { "  \($0.criterion): \($0.reason)" }.joined(separator: "\n"))
    }
    return parts.map { $0.hasSuffix("\n") ? String($0.dropLast()) : $0 }.joined(separator: "\n\n")
  }

  private func percent(_ fraction: Double) -> String { NumberText.trimmed(fraction * 100, decimals: 4) }

  private var cuts: Table {
    Table(
      columns: [
        .init(name: "criterion", isName: true),
        .init(name: "sparsity", heading: "sparsity (%)", format: .percent(2)),
        .init(name: loss.name, heading: loss.quantity.heading, format: .decimal(4)),
        .init(name: "increase", heading: "more than before", format: .decimal(4), isSigned: true),
        .init(name: accuracy.name, heading: accuracy.quantity.heading, format: .percent(2)),
        .init(name: "ties", format: .integer),
        .init(name: "seconds", heading: "scoring (s)", format: .decimal(3)),
      ],
      rows: comparison.cuts.map { cut in
        [
          .text(cut.criterion.description), .number(cut.sparsity), .number(cut.evaluation[loss]),
          .number(increase(cut)), .number(cut.evaluation[accuracy]),
          cut.ties.map { .number(Double($0)) } ?? .missing, .number(cut.seconds),
        ]
      })
  }

  /// Columns are numbered as the rows are, so that many criteria have room.
  private var overlaps: Table {
    Table(
      columns: [.init(name: "criterion", heading: "(%)", isName: true)]
        + names.indices.map { .init(name: "\($0 + 1)", format: .percent(0)) },
      rows: names.indices.map { row in
        [.text("\(row + 1) \(names[row])")]
          + names.indices.map { jaccard(row, $0).map { .number($0) } ?? .missing }
      })
  }

  // MARK: For a program

  /// The comparison as JSON.
  var json: String {
    JSON.object([
      ("schema_version", .integer(1)), ("trial", .text(trial)), ("requested_sparsity", .number(sparsity)),
      (loss.name, .number(comparison.dense[loss])), (accuracy.name, .number(comparison.dense[accuracy])),
      (
        "criteria",
        .list(
          comparison.cuts.enumerated().map { place, cut in
            .members([
              ("criterion", .text(cut.criterion.description)), ("sparsity", .number(cut.sparsity)),
              (loss.name, .number(cut.evaluation[loss])),
              (accuracy.name, .number(cut.evaluation[accuracy])), ("increase", .number(increase(cut))),
              ("ties", cut.ties.map { .integer($0) } ?? .null), ("seconds", .number(cut.seconds)),
              ("overlap", .list(names.indices.map { jaccard(place, $0).map { .number($0) } ?? .null })),
            ])
          })
      ),
      (
        "refused",
        .list(
          comparison.refused.map {
            .members([("criterion", .text($0.criterion.description)), ("reason", .text($0.reason))])
          })
      ),
    ])
  }

  // MARK: As a picture

  func figure(command: String, generator: String) -> ComparisonFigure {
    ComparisonFigure(
      title: "What each criterion removes of \(trial), at a sparsity of \(percent(sparsity)) %",
      labels: names, sharedTitle: "survivors shared by two (%)",
      shared: names.indices.map { row in names.indices.map { jaccard(row, $0) } },
      bars: [
        .init("rise of the \(loss.quantity.title)", comparison.cuts.map(increase), format: .decimal(3)),
        .init("scoring (s)", comparison.cuts.map(\.seconds), format: .decimal(2)),
      ],
      caption: "One cut, no training afterwards. Shared: |A ∩ B| / |A ∪ B| of the surviving weights.",
      command: command, generator: generator)
  }
}
