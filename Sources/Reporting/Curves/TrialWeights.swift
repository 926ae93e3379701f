import CoppiceStore
import CoppiceTensors

/// How the surviving weights of a trial's last round are spread, layer by layer, beside those of its first.
package struct TrialWeights: Sendable {
  /// The trial's name.
  package let trial: String
  /// The rounds that are compared; one where there is only one.
  package let rounds: [RoundRecord]

  package init(trial: String, rounds: [RoundRecord]) { (self.trial, self.rounds) = (trial, rounds) }

  /// Reads the first and the last round of a trial.
  package init(_ file: TrialFile) throws(StoreError) {
    trial = try file.trial
    let indices = try file.rounds
    var rounds: [RoundRecord] = []
    for index in indices.prefix(1) + (indices.count > 1 ? indices.suffix(1) : []) {
      rounds.append(try file.round(index))
    }
    self.rounds = rounds
  }

  private static let bins = 40

  /// The figure; `nil` where no weights of prunable layers were kept. Each panel reaches as far to either side as the largest weight.
  package func figure(title: String? = nil, command: String? = nil, generator: String? = nil)
    -> HistogramFigure?
  {
    guard let first = rounds.first, let last = rounds.last, let weights = last.weights else { return nil }
    let hasReference = rounds.count > 1
    let panels = last.layers.filter(\.isPrunable).compactMap { layer -> HistogramFigure.Panel? in
      guard let tensor = weights[layer.name] else { return nil }
      let before = hasReference ? first.weights?[layer.name] : nil
      let largest = (tensor.scalars + (before?.scalars ?? [])).reduce(0) {
        $1.isFinite ? max($0, abs($1)) : $0
      }
      guard largest > 0 else { return nil }
      let range = -Double(largest)...Double(largest)
      return HistogramFigure.Panel(
        title: "\(layer.name), \(NumberText.trimmed((1 - layer.sparsity) * 100, decimals: 2)) % left",
        range: range,
        shares: HistogramFigure.Panel.shares(
          tensor.scalars, kept: last.masks?[layer.name]?.bytes, in: range, bins: Self.bins),
        reference: before.map {
          HistogramFigure.Panel.shares(
            $0.scalars, kept: first.masks?[layer.name]?.bytes, in: range, bins: Self.bins)
        } ?? [])
    }
    guard !panels.isEmpty else { return nil }
    return HistogramFigure(
      title: title ?? trial, panels: panels,
      caption: "Share of the surviving weights of round \(last.index) in each of \(Self.bins) equal bins"
        + (hasReference ? "; line: those of round \(first.index)." : ".")
        + " Above each panel: its highest share.",
      command: command, generator: generator)
  }
}
