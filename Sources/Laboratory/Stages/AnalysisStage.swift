import CoppiceStore
import CoppiceTerms

/// Asks an analysis about some rounds. It is made once they are there, from the stages that hold them.
package struct AnalysisStage: Stage {
  package let analysis: Analysis
  package let rounds: [AnalysisRound]
  package let key: StageKey

  package init(_ analysis: Analysis, of rounds: [AnalysisRound]) {
    self.analysis = analysis
    self.rounds = rounds
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
        ]))
  }

  package var parents: [StageKey] { rounds.flatMap(\.stages) }

  package func run(_ context: StageContext) throws -> StageRecord {
    StageRecord(
      key: key.hexadecimal,
      tables: try analysis.tables(AnalysisContext(rounds: rounds) { try context.outputs(of: $0) }))
  }
}
