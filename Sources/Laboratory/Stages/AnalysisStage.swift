import CoppiceStore
import CoppiceTerms

/// Asks an analysis about some rounds. It is made once they are there, from the stages that hold them.
package struct AnalysisStage: Stage {
  package let analysis: Analysis
  package let rounds: [AnalysisRound]
  /// What is measured of the rounds for it, each once.
  package let measurements: [any Stage]
  package let key: StageKey

  package init(_ analysis: Analysis, of rounds: [AnalysisRound]) {
    self.analysis = analysis
    self.rounds = rounds
    var met: Set<StageKey> = []
    measurements = analysis.measure(rounds).filter { met.insert($0.key).inserted }
    key = StageKey(
      Specification(
        "analysis", version: 1,
        [
          ("analysis", .component(analysis.specification)),
          (
            "rounds",
            .list(
              rounds.map { round in
                .list([
                  .text(round.row.trial), .integer(round.row.round), round.training.value,
                  round.masks?.value ?? .none,
                ])
              })
          ),
        ]
      ).adding([("measurements", .list(measurements.map(\.key.value)), neutral: .list([]))]))
  }

  package var parents: [StageKey] { rounds.flatMap(\.stages) + measurements.map(\.key) }

  package func run(_ context: StageContext) throws -> StageRecord {
    StageRecord(
      key: key.hexadecimal,
      tables: try analysis.tables(AnalysisContext(rounds: rounds) { try context.outputs(of: $0) }))
  }
}
