import Coppice
import CoppiceReporting
import CoppiceStore

/// What `advise` prints.
struct AdviceReport {
  let advice: Advice
  let summaries: StoredSummaries

  init(_ advice: Advice, _ summaries: StoredSummaries) {
    (self.advice, self.summaries) = (advice, summaries)
  }

  private var question: AdviceQuestion { advice.question }

  /// A fraction as points of accuracy.
  private static func points(_ fraction: Double) -> String {
    let text = NumberText.trimmed(fraction * 100, decimals: 3)
    return "\(text) \(text == "1" ? "point" : "points")"
  }

  private static func percent(_ fraction: Double?) -> String {
    fraction.map { NumberText.fixed($0 * 100, decimals: 1) + " %" } ?? "not measured"
  }

  // MARK: For a person

  func text(width: Int?) -> String {
    let budget = question.budget.map { ", trained on for \(Self.percent($0)) of the dense training at most" }
    var parts = [
      "\(question.model): less \(question.bottleneck.rawValue) on a \(question.target.rawValue), losing at most "
        + Self.points(question.tolerance) + (budget ?? "")
    ]
    parts += advice.subjects.map { text($0, width: width) }
    if !advice.notMeasured.isEmpty {
      parts.append("not measured\n" + advice.notMeasured.map { "  \($0)." }.joined(separator: "\n"))
    }
    if let family { parts.append(family) }
    return parts.map { $0.hasSuffix("\n") ? String($0.dropLast()) : $0 }.joined(separator: "\n\n")
  }

  private func text(_ subject: AdviceSubject, width: Int?) -> String {
    let place = subject.machine.map { ", \($0)" } ?? ""
    let evidence = subject.experiments.joined(separator: ", ")
    var lines = [
      "\(subject.model) on \(subject.dataset)\(place)",
      "1 what is scarce: \(subject.cost.title); dense: "
        + (subject.denseCost.map { amount($0, subject.cost) } ?? "not measured"),
      "  evidence: \(subject.points.count) networks, \(subject.rowCount) rows of \(evidence)",
    ]
    if subject.isAccuracyKnown {
      lines.append(
        "2 what may go: \(Self.points(question.tolerance)) of \(subject.accuracy.quantity.title); \(subject.countWithin) of "
          + "\(subject.points.count) networks lose no more on average")
    } else {
      lines.append("2 what may go: nothing is known of accuracy here")
    }
    lines.append("3 what gains, within the tolerance:")
    for kind in AdvicePoint.Kind.allCases {
      lines.append("    \(kind.rawValue): " + gain(subject) { $0.kind == kind })
    }
    lines.append("4 what is trained:")
    lines.append("    nothing behind the pruning: " + gain(subject) { $0.isUntrained })
    lines.append("    trained on, or while pruning: " + gain(subject) { !$0.isUntrained })
    var text = lines.joined(separator: "\n")
    let front = subject.front
    if !front.isEmpty {
      text +=
        "\n\nPareto front, cheapest first; changes are against dense, with 95 % intervals\n"
        + table(subject, front).text(width: width)
    } else {
      text += "\n"
    }
    return text + "\n" + recommendation(subject)
  }

  /// The cheapest network of a kind, or why there is none.
  private func gain(_ subject: AdviceSubject, _ isMeant: (AdvicePoint) -> Bool) -> String {
    guard subject.points.contains(where: isMeant) else { return "not measured" }
    guard let place = subject.best(where: isMeant) else {
      return subject.isAccuracyKnown
        ? "measured, and none within the tolerance is cheaper" : "no accuracy was measured"
    }
    let point = subject.points[place]
    return "\(Self.percent(point.share.mean)) of dense, \(change(point.change)), n = \(point.count) "
      + "(\(point.experiment): \(name(point)))"
  }

  private func recommendation(_ subject: AdviceSubject) -> String {
    guard let choice = subject.choice else {
      return subject.isAccuracyKnown
        ? "recommended: keep the dense network; no measured one costs less within the tolerance"
        : "recommended: nothing, since no accuracy was measured"
    }
    var lines = ["recommended: " + words(subject, choice)]
    if let sure = subject.sureChoice, sure != choice {
      lines.append(
        "  its interval reaches beyond the tolerance; the cheapest whose whole interval does not: "
          + words(subject, sure))
    } else if subject.sureChoice == nil {
      lines.append(
        "  its interval reaches beyond the tolerance, and so does that of every other: more seeds would tell")
    }
    return lines.joined(separator: "\n")
  }

  private func words(_ subject: AdviceSubject, _ place: Int) -> String {
    let point = subject.points[place]
    let cost = point.cost.mean.map { amount($0, subject.cost) } ?? "not measured"
    let command = summaries.command(for: point)
    let round = point.round.map { $0 > 1 ? ", round \($0)" : "" } ?? ""
    return
      "\(name(point)) of \(point.experiment)\(round): \(cost), \(Self.percent(point.share.mean)) of dense, "
      + "\(change(point.change)), n = \(point.count)"
      + (command.map { "\n    \($0)" } ?? "\n    (this program has no experiment that makes it again)")
  }

  private func name(_ point: AdvicePoint) -> String {
    "\(point.label) at a sparsity of \(NumberText.trimmed(point.sparsity * 100, decimals: 2)) %"
  }

  /// `−0.30 ± 0.12 points`.
  private func change(_ sample: SampleStatistics) -> String {
    guard let mean = sample.mean else { return "accuracy not measured" }
    let column = Table.Column(name: "", format: .percent(2), isSigned: true)
    let cell = Table.Cell.estimate(mean: mean, halfWidth: sample.confidenceHalfWidth)
    return Table(columns: [column]).display(cell, column) + " points"
  }

  private func amount(_ value: Double, _ cost: AdviceCost) -> String {
    let column = Table.Column(name: cost.name, format: cost.format)
    return Table(columns: [column]).display(.number(value), column) + " \(cost.unit)"
  }

  private func table(_ subject: AdviceSubject, _ places: [Int]) -> Table {
    func estimate(_ sample: SampleStatistics) -> Table.Cell {
      sample.mean.map { .estimate(mean: $0, halfWidth: sample.confidenceHalfWidth) } ?? .missing
    }
    return Table(
      columns: [
        .init(name: "experiment", isName: true), .init(name: "network", isName: true),
        .init(name: "kind"), .init(name: "sparsity", heading: "sparsity (%)", format: .percent(2)),
        .init(name: "share", heading: "of dense (%)", format: .percent(2)),
        .init(name: subject.cost.name, heading: subject.cost.unit, format: subject.cost.format),
        .init(name: "form"),
        .init(
          name: "change", heading: "Δ \(subject.accuracy.quantity.title) (pp)", format: .percent(2),
          halfWidthSuffix: "_ci95", isSigned: true),
        .init(
          name: "test_change", heading: "Δ test accuracy (pp)", format: .percent(2), halfWidthSuffix: "_ci95",
          isSigned: true),
        .init(name: "n", format: .integer),
        .init(name: "extra_training", heading: "training beyond dense (%)", format: .percent(0)),
      ],
      rows: places.map { place in
        let point = subject.points[place]
        return [
          .text(point.experiment), .text(point.label), .text(point.kind.rawValue), .number(point.sparsity),
          .optional(point.share.mean), .optional(point.cost.mean), .text(point.form), estimate(point.change),
          estimate(point.testChange), .number(Double(point.count)), .optional(point.extraTraining),
        ]
      })
  }

  /// What other models of the family say.
  private var family: String? {
    let found = advice.relatives.filter { $0.choice != nil }
    guard !found.isEmpty else {
      guard advice.subjects.isEmpty else { return nil }
      return
        "family (\(ModelFamily.name(of: question.model))): no other model of it was measured by this cost either"
    }
    let lines = found.compactMap { subject -> String? in
      guard let place = subject.choice else { return nil }
      let point = subject.points[place]
      return "  \(subject.model) on \(subject.dataset): \(name(point)) (\(point.kind.rawValue)), "
        + "\(Self.percent(point.share.mean)) of dense, \(change(point.change)), n = \(point.count), \(point.experiment)"
    }
    return
      ([
        "family (\(ModelFamily.name(of: question.model))): what is recommended for others of it, by the same question"
      ] + lines + [
        "  carried over: the way of pruning, as what to try first. Not carried over: accuracy, cost and sparsity, which are those of "
          + "\(Set(found.map(\.model)).sorted().joined(separator: ", ")) alone"
      ]).joined(separator: "\n")
  }
}
