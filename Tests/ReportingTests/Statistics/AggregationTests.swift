import CoppiceReporting
import CoppiceStore
import Testing

@Suite struct AggregationTests {
  @Test func whatStandsForASample() {
    let odd = SampleStatistics([5, 1, 2, nil])
    #expect(odd.median == 2)
    #expect(SampleStatistics([4, 1, 2, 7]).median == 3)
    #expect(SampleStatistics([nil]).median == nil)
    #expect(Metric.Aggregation.allCases.map(odd.value) == [8.0 / 3, 2, 1, 5])
  }

  @Test func bandsOfAMeanAreOfNothingElse() throws {
    let sample = SampleStatistics([5, 1, 2])
    for band in Band.allCases {
      let (mean, median) = (band.bounds(of: sample, around: .mean), band.bounds(of: sample, around: .median))
      #expect(mean?.low == band.bounds(of: sample)?.low)
      #expect((median == nil) == (band != .minmax))
    }
  }
}
