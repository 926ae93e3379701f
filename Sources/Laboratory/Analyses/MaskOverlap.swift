import CoppiceStore
import CoppiceTensors
import CoppiceTerms

extension Analysis {
  /// How much the masks of two trials have in common: Jaccard's index |A ∩ B| / |A ∪ B| of their survivors. It is taken for every
  /// pair of results that were asked for the same sparsity of the same weights, or the same share of a cost. Masks that keep everything
  /// take no part. Nor does a mask that two trials share because they prune one network alike. Of many seeds each is compared with the
  /// eight next to it on either side, so that a sweep of hundreds does not take their square.
  ///
  /// By chance two masks with a and b survivors of n in a layer share a·b/n of them. Beside every index stands the one that these
  /// numbers give, added up over the layers.
  public static let maskOverlap = maskOverlap(holding: 64 << 20)

  /// The same where so many bytes of masks are held at once: those of a part of the rounds, beside which the others are read one by
  /// one.
  package static func maskOverlap(holding bytes: Int) -> Analysis {
    Analysis("mask-overlap", version: 4) { context in
      let rows = try overlaps(context, holding: bytes)
      return [
        table(rows),
        MethodMatrix(
          rows.map { .init($0.conditions, $0.seeds, $0.density, jaccard: $0.jaccard, chance: $0.chance) }
        ).table,
      ]
    }
  }

  /// How many places two seeds that are compared lie apart at most, in the order of all seeds.
  private static let reach = 8

  private static func overlaps(_ context: AnalysisContext, holding bytes: Int) throws -> [Overlap] {
    var rows: [Overlap] = []
    var texts: Set<String> = []
    let results = context.rounds.filter { $0.row.isFinal || $0.row.isLadder }
    let seeds = Set(results.map(\.seed)).sorted()
    let rank = Dictionary(uniqueKeysWithValues: seeds.enumerated().map { ($1, $0) })
    let ranks = results.map { rank[$0.seed] ?? 0 }
    func areNear(_ one: Int, _ other: Int) -> Bool { abs(ranks[one] - ranks[other]) <= reach }
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
      var (held, places, size) = ([MaskedRound](), [Int](), 0)
      while end < results.count, held.isEmpty || size < bytes {
        if let round = try masked(results[end]) {
          held.append(round)
          places.append(end)
          size += round.masks.reduce(0) { $0 + $1.mask.count }
        }
        end += 1
      }
      // The rows of each round that is held, in the order of the others.
      var found = held.indices.map { one in
        ((one + 1)..<held.count).compactMap { other in
          areNear(places[one], places[other]) ? overlap(held[one], held[other]) : nil
        }
      }
      for place in end..<results.count {
        let near = held.indices.filter { areNear(places[$0], place) }
        let row = results[place].row
        guard near.contains(where: { held[$0].row.isAskedLike(row) }), let other = try masked(results[place])
        else { continue }
        for one in near {
          if let overlap = overlap(held[one], other) { found[one].append(overlap) }
        }
      }
      rows += found.joined()
    }
    return rows
  }

  private static func table(_ rows: [Overlap]) -> NamedTable {
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
}

/// What two rounds have in common.
private struct Overlap {
  let trials: (String, String)
  let conditions: (String, String)
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
      one.row.isAskedLike(other.row),
      let agreement = MaskAgreement(one.masks, other.masks)
    else { return nil }
    (jaccard, chance) = (agreement.jaccard, agreement.chance)
    trials = (one.row.trial, other.row.trial)
    conditions = (one.row.condition, other.row.condition)
    pair = [one.row.condition, other.row.condition].sorted().joined(separator: " with ")
    seeds = one.row.seed == other.row.seed ? "same seed" : "other seeds"
    func differ(_ column: (IndexRow) -> String) -> Bool { column(one.row) != column(other.row) }
    let kinship =
      if one.row.condition == other.row.condition {
        one.row.condition
      } else if differ(\.criterion) {
        "two criteria"
      } else {
        "\(one.row.criterion), two \(differ(\.schedule) || differ(\.dynamics) ? "schedules" : "settings")"
      }
    compared = "\(kinship), \(seeds)"
    round = max(one.row.round, other.row.round)
    // What was asked for, so that rounds of equal sparsity stand at one place.
    density = one.row.askedDensity
  }
}
