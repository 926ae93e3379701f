import CoppiceStore

/// What is left of each layer of a trial, round by round.
package struct TrialLayers: Sendable {
  /// One round: the density of its network, 0…1, and of each prunable layer.
  package struct Round: Sendable {
    package let index: Int
    package let density: Double
    package let layers: [LayerRecord]

    package init(_ index: Int, density: Double, layers: [LayerRecord]) {
      (self.index, self.density) = (index, density)
      self.layers = layers.filter(\.isPrunable)
    }
  }

  /// The trial's name.
  package let trial: String
  /// In order.
  package let rounds: [Round]

  package init(trial: String, rounds: [Round]) { (self.trial, self.rounds) = (trial, rounds) }

  /// Reads the layers of a trial, and nothing else of it.
  package init(_ file: TrialFile) throws(StoreError) {
    trial = try file.trial
    var rounds: [Round] = []
    for row in try file.rows {
      rounds.append(
        Round(row.round, density: row.density, layers: try file.layers(ofRound: row.round)))
    }
    self.rounds = rounds
  }

  /// The names of the layers, in the order of the network.
  package var names: [String] {
    rounds.first { !$0.layers.isEmpty }?.layers.map(\.name) ?? []
  }

  /// How many rounds are still drawn as bars.
  private static let mostBars = 3

  /// The figure: a curve a layer over the weights that remain in the network, or bars where there are few rounds; `nil` where no layer is
  /// prunable.
  package func figure(title: String? = nil, command: String? = nil, generator: String? = nil) -> (any Figure)?
  {
    guard !names.isEmpty else { return nil }
    let pruned = rounds.filter { $0.density < 1 }
    guard pruned.count > Self.mostBars else { return bars(pruned, title, command, generator) }
    let lines = names.map { name in
      LineFigure.Line(
        label: name,
        points: rounds.compactMap { round in
          round.layers.first { $0.name == name }.map { layer in
            .init(
              x: round.density, y: layer.sparsity,
              note: "\(name), round \(round.index): \(layer.nonzero) of \(layer.parameters) left")
          }
        })
    }
    let network = LineFigure.Line(
      label: "all layers", points: rounds.map { .init(x: $0.density, y: 1 - $0.density) }, isReference: true)
    return LineFigure(
      title: title ?? trial, x: SparsityAxis.remaining.axis, y: Self.axis, lines: lines + [network],
      caption: "Sparsity of each layer over the rounds of one trial.", command: command, generator: generator)
  }

  private func bars(
    _ pruned: [Round], _ title: String?, _ command: String?, _ generator: String?
  ) -> BarFigure {
    let shown = pruned.isEmpty ? rounds : pruned
    return BarFigure(
      title: title ?? trial, labels: names, y: Self.axis,
      series: shown.map { round in
        .init(
          label: "round \(round.index): \(NumberText.trimmed(round.density * 100, decimals: 2)) % remaining",
          values: names.map { name in round.layers.first { $0.name == name }?.sparsity })
      }, caption: "Sparsity of each layer of one trial.", command: command, generator: generator)
  }

  private static let axis = Axis(label: "Sparsity of the layer (%)", format: .percent, bounds: 0...1)
}
