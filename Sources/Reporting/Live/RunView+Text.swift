import CoppiceStore
import CoppiceTerms

extension RunView {
  /// What a terminal shows: how far it is, what is at work where, what ended and what went wrong.
  ///
  /// - Parameters:
  ///   - now: seconds since 1970.
  ///   - width: the columns of the terminal.
  ///   - height: its rows; no more lines are made.
  ///   - color: whether colours may be used.
  package func lines(of name: String, at now: Double, width: Int, height: Int, color: Bool) -> [String] {
    let line = ProgressLine(
      done: done, total: trials ?? done, unit: "trials", remaining: remaining(at: now), activity: rateText)
    var lines = [Self.fitting(headline(of: name, at: now), width), line.text(width: width, color: color)]
    let sections = [
      Section("at work", stages.map { stageLine($0, at: now, width: width) }),
      Section(
        "failed", failures.reversed().map { "  \(Self.oneLine($0.trial)): \(Self.oneLine($0.message))" }),
      Section("done last", finished.reversed().map(Self.finishedLine)),
      Section("warnings", warnings.reversed().map { "  \(Self.oneLine($0.message))" }),
    ].filter { !$0.lines.isEmpty }
    // Each has a line of its own and an empty one before it; what room is left is shared out.
    var room = max(0, height - lines.count - 2 * sections.count)
    for (place, section) in sections.enumerated() where lines.count + 2 < height {
      let share = max(1, room / (sections.count - place))
      let shown = section.lines.prefix(section.lines.count > share ? max(1, share - 1) : share)
      lines += ["", color ? "\u{1B}[1m\(section.title)\u{1B}[0m" : section.title]
      lines += shown.map { Self.fitting($0, width) }
      if shown.count < section.lines.count {
        lines.append(Self.fitting("  … \(section.lines.count - shown.count) more", width))
      }
      room = max(0, room - shown.count - (shown.count < section.lines.count ? 1 : 0))
    }
    return Array(lines.prefix(height))
  }

  /// The same in a line: `quickstart: 12 of 36 trials done, 1 failed, 24 left; 2 stages at work, 812 steps/s, 11 min 24 s left`.
  package func sentence(of name: String, at now: Double) -> String {
    let underWay = stages.count
    let further = [
      underWay == 0 ? nil : "\(underWay) \(underWay == 1 ? "stage" : "stages") at work",
      rateText.isEmpty ? nil : rateText,
      remaining(at: now).flatMap(ProgressLine.duration).map { "\($0) left" },
    ].compactMap { $0 }
    return headline(of: name, at: now) + (further.isEmpty ? "" : "; " + further.joined(separator: ", "))
  }

  /// A trial that ended, as a line: `  dense-seed0-1f2e3d4c  completed  97.98 %`.
  package static func finishedLine(_ trial: Finished) -> String {
    let accuracy = trial.accuracy.map { "  \(NumberText.fixed($0 * 100, decimals: 2)) %" } ?? ""
    return "  \(oneLine(trial.trial))  \(oneLine(trial.status))\(accuracy)"
  }

  /// A text of others in one line, with nothing in it that a terminal obeys.
  package static func oneLine(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).joined(separator: " ").printable
  }

  private struct Section {
    let title: String
    let lines: [String]

    init(_ title: String, _ lines: [String]) { (self.title, self.lines) = (title, lines) }
  }

  private func headline(of name: String, at now: Double) -> String {
    var line = "\(Self.oneLine(name)): \(done)" + (trials.map { " of \($0)" } ?? "") + " trials done"
    let trouble = [TrialStatus.collapsed, .diverged].compactMap { status in
      count(status) == 0 ? nil : "\(count(status)) \(status.rawValue)"
    }
    if !trouble.isEmpty { line += " (\(trouble.joined(separator: ", ")))" }
    if !failures.isEmpty { line += ", \(failures.count) failed" }
    if let left { line += ", \(left) left" }
    if !isAtWork { line += "; no run is at work" }
    if let ago = heard.map({ max(0, now - $0) }), ago > 30, let text = ProgressLine.duration(ago) {
      line += "; last heard of \(text) ago"
    }
    return line
  }

  private var rateText: String {
    rate.map { rate in
      (rate < 10 ? NumberText.trimmed(rate, decimals: 1) : NumberText.grouped(rate.rounded())) + " steps/s"
    } ?? ""
  }

  private func stageLine(_ stage: StageActivity, at now: Double, width: Int) -> String {
    let steps = stage.step.map { step in "\(step)/\(stage.total.map(String.init) ?? "?")" }
    let rate = stage.rate.map { "\(NumberText.fixed($0, decimals: $0 < 10 ? 1 : 0))/s" }
    let loss = stage.loss.map { "loss \(NumberText.fixed($0, decimals: 3))" }
    let silent = max(0, now - stage.heard)
    let silence = silent > 30 ? ProgressLine.duration(silent).map { "silent for \($0)" } : nil
    let curve = Sparkline.text(stage.losses.losses, width: min(24, max(8, width / 5)))
    let host = stage.worker.host.isEmpty ? "?" : Self.oneLine(stage.worker.host)
    let words = ["\(host):\(stage.worker.process)", steps, rate, loss, curve.isEmpty ? nil : curve, silence]
      .compactMap { $0 }
    // The name has what room is left, for it may be long.
    let facts = words.joined(separator: "  ")
    let name = Self.fitting(Self.oneLine(stage.trial), max(12, width - facts.count - 4))
    return "  " + ([words[0], name] + words.dropFirst()).joined(separator: "  ")
  }

  private static func fitting(_ text: String, _ width: Int) -> String {
    text.count <= width ? text : width < 1 ? "" : String(text.prefix(width - 1)) + "…"
  }
}
