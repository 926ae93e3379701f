import CoppiceStore
import CoppiceTensors
import CoppiceTerms

extension Analysis {
  /// How much the masks of two trials have in common: Jaccard's index |A ∩ B| / |A ∪ B| of their survivors. It is taken for every
  /// pair of results that were asked for the same sparsity of the same weights, or the same share of a cost. Masks that keep everything take no part. Nor does a
  /// mask that two trials share because they prune one network alike.
  ///
  /// By chance two masks with a and b survivors of n in a layer share a·b/n of them. Beside every index stands the one that these
  /// numbers give, added up over the layers.
  public static let maskOverlap = maskOverlap(holding: 64 << 20)

  /// The same where so many bytes of masks are held at once: those of a part of the rounds, beside which the others are read one by
  /// one.
  package static func maskOverlap(holding bytes: Int) -> Analysis {
    Analysis("mask-overlap", version: 2) { context in [try table(context, holding: bytes)] }
  }

  private static func table(_ context: AnalysisContext, holding bytes: Int) throws -> NamedTable {
    var rows: [Overlap] = []
    var texts: Set<String> = []
    let results = context.rounds.filter { $0.row.isFinal || $0.row.isLadder }
    func masked(_ round: AnalysisRound) throws -> MaskedRound? {
      guard let masks = try context.masks(of: round), masks.sparsity > 0 else { return nil }
      return MaskedRound(row: round.row, stage: round.masks, masks: masks)
    }
    func overlap(_ one: MaskedRound, _ other: MaskedRound) -> Overlap? {
      guard var overlap = Overlap(one, other) else { return nil }
      // There are as many rows as pairs, and few texts.
      overlap.pair = texts.insert(overlap.pair).memberAfterInsert
      overlap.compared = texts.insert(overlap.compared).memberAfterInsert
      return overlap
    }
    var end = 0
    while end < results.count {
      var (held, size) = ([MaskedRound](), 0)
      while end < results.count, held.isEmpty || size < bytes {
        if let round = try masked(results[end]) {
          held.append(round)
          size += round.masks.reduce(0) { $0 + $1.mask.count }
        }
        end += 1
      }
      // The rows of each round that is held, in the order of the others.
      var found = held.indices.map { place in
        held[(place + 1)...].compactMap { overlap(held[place], $0) }
      }
      for result in results[end...] where held.contains(where: { $0.isAskedLike(result.row) }) {
        guard let other = try masked(result) else { continue }
        for place in held.indices {
          if let overlap = overlap(held[place], other) { found[place].append(overlap) }
        }
      }
      rows += found.joined()
    }
    return
      NamedTable(
        "mask_overlap", title: "overlap of the masks of two trials",
        description:
          "Jaccard's index of the survivors of two trials at one sparsity, and the index that random masks with as many "
          + "survivors in every layer would have on average.",
        columns: [
          .init("trial_a", "trial", texts: rows.map(\.trials.0)),
          .init("trial_b", "other trial", texts: rows.map(\.trials.1)),
          .init("pair", texts: rows.map(\.pair)), .init("seeds", texts: rows.map(\.seeds)),
          .init("compared", texts: rows.map(\.compared)),
          .init("round", integers: rows.map(\.round)),
          .init(Quantity("density", "weights remaining", unit: .fraction), numbers: rows.map(\.density)),
          .init(Quantity("jaccard", "mask overlap (Jaccard)", unit: .fraction), numbers: rows.map(\.jaccard)),
          .init(Quantity("chance", "overlap by chance", unit: .fraction), numbers: rows.map(\.chance)),
        ], drawing: .init("jaccard", against: "density", by: ["compared"], reference: "chance"))
  }
}

extension Shipped<Analysis> {
  static let maskOverlap = Shipped(
    .maskOverlap, "how much the masks of two trials have in common, and what chance gives")
}

/// A round with the masks that count.
private struct MaskedRound {
  let row: IndexRow
  let stage: StageKey?
  let masks: MaskSet

  /// Whether another round was asked for the same sparsity, or the same share of the same cost.
  func isAskedLike(_ other: IndexRow) -> Bool {
    row.target == other.target && abs(row.asked - other.asked) < 1e-6
  }

  /// What tells its trial apart, seeds and sparsities left out: `magnitude, lottery-ticket`.
  var condition: String {
    [
      row.criterion, row.granularity == "weight" ? "none" : row.granularity,
      row.allocation == "global" ? "none" : row.allocation, row.schedule, row.dynamics, row.control,
    ]
    .filter { $0 != "none" }.joined(separator: ", ")
  }
}

extension IndexRow {
  /// The share of weights that it was asked to remove, or of what its target counts; NaN where it was asked for no number.
  fileprivate var asked: Double {
    requestedSparsity.isNaN ? self[metric: .requestedShare] : requestedSparsity
  }

  /// What it was asked to remove a share of, where that is no default.
  fileprivate var target: ColumnValue? { settings.first { $0.name == "target" }?.value }
}

/// What two rounds have in common.
private struct Overlap {
  let trials: (String, String)
  var pair: String
  let seeds: String
  /// What tells curves apart: one method over seeds, one criterion by two schedules, or two criteria.
  var compared: String
  let round: Int
  let density: Double
  let jaccard: Double
  let chance: Double

  /// `nil` where the rounds are not of the same weights or were asked for another sparsity.
  init?(_ one: MaskedRound, _ other: MaskedRound) {
    guard one.row.trial != other.row.trial, one.stage != other.stage,
      one.isAskedLike(other.row),
      let agreement = MaskAgreement(one.masks, other.masks)
    else { return nil }
    (jaccard, chance) = (agreement.jaccard, agreement.chance)
    trials = (one.row.trial, other.row.trial)
    pair = [one.condition, other.condition].sorted().joined(separator: " with ")
    seeds = one.row.seed == other.row.seed ? "same seed" : "other seeds"
    func differ(_ column: (IndexRow) -> String) -> Bool { column(one.row) != column(other.row) }
    let kinship =
      if one.condition == other.condition {
        one.condition
      } else if differ(\.criterion) {
        "two criteria"
      } else {
        "\(one.row.criterion), two \(differ(\.schedule) || differ(\.dynamics) ? "schedules" : "settings")"
      }
    compared = "\(kinship), \(seeds)"
    round = max(one.row.round, other.row.round)
    // What was asked for, so that rounds of equal sparsity stand at one place.
    density = (1 - one.row.asked).rounded(toPlaces: 4)
  }
}

extension Double {
  /// The nearest number of so many decimals.
  fileprivate func rounded(toPlaces places: Int) -> Double {
    let scale = (0..<places).reduce(1.0) { scale, _ in scale * 10 }
    return (self * scale).rounded() / scale
  }
}
