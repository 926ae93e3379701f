import CoppiceLaboratory
import Testing

@Suite struct TrialSampleTests {
  @Test func aSampleIsOneOfItsSeed() {
    let one = TrialSample.places(10, of: 90, seed: 0)
    #expect(
      one.count == 10 && Set(one).count == 10 && one == one.sorted() && one.allSatisfy((0..<90).contains))
    #expect(TrialSample.places(10, of: 90, seed: 0) == one)
    #expect(TrialSample.places(10, of: 90, seed: 1) != one)
    #expect(TrialSample.places(10, of: 4, seed: 0) == [0, 1, 2, 3])
    #expect(TrialSample.places(0, of: 4, seed: 0) == [])
  }

  /// Every trial is as likely: of 2,000 samples of one in four, each place has 500 within six deviations.
  @Test func everyTrialIsAsLikely() {
    var counts = [0, 0, 0, 0]
    for seed in 0..<2_000 { for place in TrialSample.places(1, of: 4, seed: seed) { counts[place] += 1 } }
    #expect(counts.allSatisfy { abs($0 - 500) < 120 }, "\(counts)")
  }
}
