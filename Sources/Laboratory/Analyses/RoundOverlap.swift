import CoppiceStore
import CoppiceTensors
import CoppiceTerms

extension Analysis {
  /// How much the masks of every two rounds of one trial have in common: Jaccard's index of their survivors, and the index that chance
  /// gives. Masks that only shrink have nothing in common but their sizes; masks that move inside trainings, or are made anew in every
  /// round, have more or less.
  public static let roundOverlap = Analysis("round-overlap", version: 1) { context in
    var rows: [(round: AnalysisRound, other: Int, agreement: MaskAgreement)] = []
    for trial in context.trials {
      let masked = try trial.compactMap { round in try context.masks(of: round).map { (round, $0) } }
      for (round, masks) in masked {
        for (other, others) in masked {
          guard let agreement = MaskAgreement(masks, others) else { continue }
          rows.append((round, other.index, agreement))
        }
      }
    }
    return [
      NamedTable(
        "round_overlap", title: "overlap of the masks of two rounds",
        description: "Jaccard's index of the survivors of two rounds of one trial.",
        columns: [
          .init("trial", texts: rows.map(\.round.trial)),
          .init("method", texts: rows.map(\.round.row.method)),
          .init("seed", integers: rows.map(\.round.seed)), .init("round", integers: rows.map(\.round.index)),
          .init("other_round", integers: rows.map(\.other)),
          .init(
            Quantity("jaccard", "mask overlap (Jaccard)", unit: .fraction),
            numbers: rows.map(\.agreement.jaccard)),
          .init(
            Quantity("chance", "overlap by chance", unit: .fraction), numbers: rows.map(\.agreement.chance)),
        ],
        drawing: .init(matrixOf: "jaccard", rows: "round", columns: "other_round", by: ["method"]))
    ]
  }
}

extension AnalysisContext {
  /// The rounds of each trial, in the order of the index.
  var trials: [[AnalysisRound]] {
    rounds.reduce(into: []) { trials, round in
      if trials.last?.last?.trial == round.trial {
        trials[trials.count - 1].append(round)
      } else {
        trials.append([round])
      }
    }
  }
}

extension Shipped<Analysis> {
  static let roundOverlap = Shipped(
    .roundOverlap, "how much the masks of two rounds of one trial have in common")
}
