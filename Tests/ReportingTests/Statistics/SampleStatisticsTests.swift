import CoppiceReporting
import Testing

@Suite struct SampleStatisticsTests {
  static let accuracies: [Double?] = [0.9812, 0.9798, 0.9831, 0.9805, 0.9822]

  @Test func statisticsAreThoseOfSciPy() throws {
    let sample = SampleStatistics(Self.accuracies)
    #expect(abs(try #require(sample.mean) - 0.98136) < 1e-14)
    #expect(abs(try #require(sample.standardDeviation) - 0.0013164345787011007) < 1e-15)
    #expect(abs(try #require(sample.standardError) - 0.0005887274411813916) < 1e-15)
    #expect(abs(try #require(sample.confidenceHalfWidth) - 0.0016345694223636965) < 1e-14)
    #expect(sample.minimum == 0.9798)
    #expect(sample.maximum == 0.9831)
    #expect(sample.isComplete)
    #expect(sample.countText == "5")
  }

  @Test func twoPassesKeepTheSpreadOfLargeValues() throws {
    let deviation = try #require(SampleStatistics([1e8 + 1, 1e8 + 2, 1e8 + 4]).standardDeviation)
    #expect(abs(deviation - 1.5275252316519465) < 1e-12)
  }

  @Test func equalValuesHaveThemselvesAsMean() {
    #expect(SampleStatistics([0.1, 0.1, 0.1]).mean == 0.1)
    #expect(SampleStatistics([0.1, 0.1, 0.1]).standardDeviation == 0)
  }

  @Test func missingValuesAreCountedAndLeftOut() {
    let sample = SampleStatistics([0.5, nil, .nan, .infinity, 0.7])
    #expect(sample.values == [0.5, 0.7])
    #expect(abs((sample.mean ?? 0) - 0.6) < 1e-15)
    #expect(sample.countText == "2/5")
    #expect(!sample.isComplete)
    #expect(SampleStatistics([0.5], expected: 3).countText == "1/3")
  }

  @Test func tooFewValuesHaveNoSpread() {
    let single = SampleStatistics([0.5])
    #expect(single.mean == 0.5)
    #expect(single.standardDeviation == nil)
    #expect(single.confidenceHalfWidth == nil)
    let empty = SampleStatistics([])
    #expect(empty.mean == nil)
    #expect(empty.minimum == nil)
    #expect(!empty.isComplete)
  }

  @Test func differencesArePairedBySeed() throws {
    let treatment = [0: 0.9812, 1: 0.9798, 2: 0.9831, 3: 0.9805, 4: 0.9822]
    let reference = [4: 0.9788, 3: 0.9799, 2: 0.9810, 1: 0.9801, 0: 0.9790]
    let sample = PairedDifference(treatment: treatment, reference: reference).sample
    #expect(abs(try #require(sample.mean) - 0.0016) < 1e-14)
    #expect(abs(try #require(sample.confidenceHalfWidth) - 0.0018057568661313812) < 1e-13)
  }

  @Test func seedsOfOneSideOnlyAreMissing() {
    let sample = PairedDifference(treatment: [0: 1, 1: 2, 2: .nan], reference: [1: 1.5, 2: 1, 3: 4]).sample
    #expect(sample.values == [0.5])
    #expect(sample.countText == "1/4")
  }

  @Test func bandsSayWhatTheyAre() throws {
    let sample = SampleStatistics(Self.accuracies)
    let confidence = try #require(Band.ci95.bounds(of: sample))
    #expect(abs(confidence.high - confidence.low - 2 * 0.0016345694223636965) < 1e-14)
    let range = try #require(Band.minmax.bounds(of: sample))
    #expect(range.low == 0.9798)
    #expect(range.high == 0.9831)
    #expect(Band.none.bounds(of: sample) == nil)
    #expect(Band.allCases.allSatisfy { $0.bounds(of: SampleStatistics([0.5])) == nil })
    #expect(Band.ci95.name == "95 % CI (Student t)")
  }
}
