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

  /// Student's statistic of the mean difference, `d̄ / (s/√n)`; `nil` below two pairs and where nothing differs, infinite where all
  /// pairs differ by the same.
  package var t: Double? {
    guard let mean = sample.mean, let error = sample.standardError else { return nil }
    if error > 0 { return mean / error }
    return mean == 0 ? nil : mean > 0 ? .infinity : -.infinity
  }

  /// The two-sided probability of the paired t test, `P(|T| ≥ |t|)` with n − 1 degrees of freedom. It is 1 where nothing differs;
  /// `nil` below two pairs.
  package var tTestP: Double? {
    guard sample.count > 1 else { return nil }
    guard let t else { return 1 }
    return StudentT(degreesOfFreedom: sample.count - 1).tailProbability(abs(t))
  }

  /// Wilcoxon's signed-rank test of the differences.
  package var signedRankTest: SignedRankTest { SignedRankTest(sample.values) }

  /// The sign test of the differences.
  package var signTest: SignTest { SignTest(sample.values) }

  /// How large the mean difference is beside its spread over seeds, Cohen's d_z = d̄ / s; `nil` where there is no spread. J. Cohen,
  /// "Statistical power analysis for the behavioral sciences", 1988.
  package var effectSize: Double? {
    guard let mean = sample.mean, let deviation = sample.standardDeviation, deviation > 0 else { return nil }
    return mean / deviation
  }
}
