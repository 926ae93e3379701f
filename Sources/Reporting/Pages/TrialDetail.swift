import CoppiceStore
import CoppiceTerms

/// What a page tells of a trial beside its rows, read from its file without its weights: layers, invariants, and what was logged.
package struct TrialDetail: Sendable {
  /// One round.
  package struct Round: Sendable {
    package let index: Int
    package let layers: [LayerRecord]
    package let invariants: [InvariantRecord]

    /// A round of these parts.
    package init(_ index: Int, layers: [LayerRecord], invariants: [InvariantRecord]) {
      (self.index, self.layers, self.invariants) = (index, layers, invariants)
    }
  }

  /// In order.
  package let rounds: [Round]
  package let log: TrialLog

  /// The trial's name.
  package var trial: String { log.trial }

  /// A trial of these parts.
  package init(rounds: [Round], log: TrialLog) { (self.rounds, self.log) = (rounds, log) }

  /// Reads them from a file.
  package init(_ file: TrialFile) throws(StoreError) {
    var rounds: [Round] = []
    for index in try file.rounds {
      rounds.append(
        Round(
          index, layers: try file.layers(ofRound: index), invariants: try file.invariants(ofRound: index)))
    }
    self.rounds = rounds
    log = try TrialLog(file)
  }
}

extension [TrialDetail] {
  /// Layers and invariants as a page's script takes them. Layers whose names and sizes agree are written once: of a round there are
  /// then `[round, place of its layers, nonzero…]`.
  func script(_ trials: [String]) -> JSON {
    let places = Dictionary(
      trials.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    var (sets, known): ([[LayerRecord]], [[LayerRecord]: Int]) = ([], [:])
    var members: [(name: String, value: JSON)] = []
    for detail in self {
      guard let place = places[detail.trial] else { continue }
      let rounds = detail.rounds.map { round -> JSON in
        let plain = round.layers.map(\.withoutCounts)
        let set = known[plain] ?? sets.count
        if set == sets.count {
          known[plain] = set
          sets.append(plain)
        }
        return .members([
          ("k", .integer(round.index)), ("s", .integer(set)),
          ("n", .list(round.layers.map { .integer($0.nonzero) })),
          (
            "i",
            .list(
              round.invariants.map { .list([.text($0.name)] + ($0.fault.map { [JSON.text($0)] } ?? [])) })
          ),
        ])
      }
      members.append(("\(place)", .list(rounds)))
    }
    let layers = sets.map { set in
      JSON.list(
        set.map { layer in
          .list([.text(layer.name), .integer(layer.parameters), .flag(layer.isPrunable)])
        })
    }
    return .members([("sets", .list(layers)), ("trials", .members(members))])
  }
}

extension LayerRecord {
  /// The layer with nothing counted in it.
  fileprivate var withoutCounts: LayerRecord {
    var layer = self
    (layer.nonzero, layer.flops, layer.flopsNonzero, layer.isSparse) = (0, 0, 0, false)
    return layer
  }
}
