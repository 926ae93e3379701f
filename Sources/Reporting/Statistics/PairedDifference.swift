/// The differences of two conditions measured with the same seeds, which share initial weights and data order:
/// pairing removes what the seed explains from the spread.
package struct PairedDifference: Sendable, Equatable {
  /// `treatment − reference` for every seed both have, in ascending order of the seed.
  package let sample: SampleStatistics

  /// Pairs by seed. A seed that only one side has, or whose value is missing or not finite on one side, counts
  /// as missing.
  package init(treatment: [Int: Double], reference: [Int: Double]) {
    let seeds = Set(treatment.keys).union(reference.keys).sorted()
    sample = SampleStatistics(
      seeds.map { seed in
        guard let treated = treatment[seed], let referred = reference[seed] else { return nil }
        return treated - referred
      })
  }
}
