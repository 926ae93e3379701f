import CoppiceLaboratory
import CoppiceTensors
import Testing

@Suite struct LayerStatisticsTests {
  @Test func numbersAreThoseOfNumPyAndSciPy() throws {
    let found = try AnalysesFixture.read().weight
    let (weight, initial) = (Tensor([120], found.weights), Tensor([120], found.initial))
    let mask = Mask([120], found.kept.map(UInt8.init))
    let statistics = WeightStatistics(weight, mask, initial: initial)
    #expect(statistics.weights == 120 && statistics.kept == mask.keptCount)
    #expect(areClose([statistics.mean, statistics.deviation], [found.mean, found.deviation]))
    #expect(areClose([statistics.kurtosis], [found.kurtosis], within: 1e-10))
    #expect(areClose(statistics.quantiles, found.quantiles))
    #expect(areClose([statistics.flipped], [found.flipped]))
    let deviation = WeightStatistics(initial, nil, initial: nil).deviation
    let shares = WeightHistogram.shares(weight, mask, deviation: deviation)
    #expect(areClose(shares, found.histogram))
    #expect(shares.count == WeightHistogram.count)
  }

  @Test func whatIsEmptyOrConstantIsNotMeasured() {
    let weight = Tensor([3], [1, 2, 3])
    let none = WeightStatistics(weight, Mask([3], [0, 0, 0]), initial: weight)
    #expect(none.kept == 0 && none.mean.isNaN && none.kurtosis.isNaN && none.flipped.isNaN)
    #expect(none.quantiles.allSatisfy(\.isNaN))
    let one = WeightStatistics(weight, Mask([3], [0, 1, 0]), initial: nil)
    #expect(one.mean == 2 && one.deviation == 0 && one.kurtosis.isNaN && one.flipped.isNaN)
    #expect(one.quantiles == [Double](repeating: 2, count: 7))
    #expect(WeightHistogram.shares(weight, Mask([3], [0, 0, 0]), deviation: 1).allSatisfy(\.isNaN))
  }

  /// The outermost bins take what lies beyond, infinities too.
  @Test func noWeightIsLost() {
    let weight = Tensor([5], [-1e9, -.infinity, 0, 0.21, .infinity])
    let shares = WeightHistogram.shares(weight, nil, deviation: 1)
    #expect(shares[0] == 0.4 && shares[20] == 0.2 && shares[21] == 0.2 && shares[40] == 0.2)
    #expect(WeightHistogram.center(0) == -8 && WeightHistogram.center(20) == 0)
  }
}
