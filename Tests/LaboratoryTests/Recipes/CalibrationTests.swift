import CoppiceLaboratory
import CoppiceTensors
import CoppiceTerms
import CoppiceTestSupport
import Testing

/// The ranges that calibrations find in what inputs are.
@Suite struct CalibrationTests {
  /// The spread of some numbers, over a range that has 0 in it.
  private func spread(_ numbers: [Float], bins: Int = 2048) -> InputSpread {
    let (below, above) = (-min(0, numbers.min() ?? 0), max(0, numbers.max() ?? 0))
    var counts = [Float](repeating: 0, count: bins)
    for number in numbers {
      let place = Double(number + below) / Double(below + above) * Double(bins)
      counts[min(bins - 1, Int(place))] += 1
    }
    return InputSpread(below: below, above: above, counts: counts)
  }

  /// The sum of four uniform numbers, which is nearly normal, and a few that are far out.
  private func numbers(_ count: Int, outliers: [Float] = [], isRectified: Bool = false) -> [Float] {
    var random = RandomStream(seed: 4, stream: .generation)
    var all: [Float] = []
    for _ in 0..<count {
      var number: Float = -2
      for _ in 0..<4 { number += random.uniform() }
      all.append(isRectified ? max(0, number) : number)
    }
    return all + outliers
  }

  @Test func theCatalogue() throws {
    #expect(
      faults(of: Calibration.catalogue, and: [.percentile(0.99, batches: 3), .meanSquaredError(batches: 1)])
        == [])
    #expect(Calibration.catalogue.names == ["min-max", "percentile", "mse"])
    #expect(try Calibration(parsing: "percentile") == .percentile(0.999))
    #expect(throws: ComponentError.self) { try Calibration(parsing: "percentile(share: 1.5)") }
    #expect(throws: ComponentError.self) { try Calibration(parsing: "min-max(batches: 0)") }
  }

  /// The range that every shipped calibration finds in one histogram, pinned with its version; computed by NumPy. Where one of these fails on
  /// purpose, raise the version of that component in the same commit.
  @Test func rangesArePinned() {
    var counts = [Float](repeating: 0, count: 2048)
    for bin in 0..<1500 { counts[bin] = Float(bin * 7919 % 101) }
    for bin in 1500..<2048 where bin % 97 == 0 { counts[bin] = 1 }
    let spread = InputSpread(below: 1, above: 3, counts: counts)
    let pinned: [(calibration: Calibration, version: Int, below: Float, above: Float)] = [
      (.minMax(), 1, 1, 3), (.percentile(), 1, 0.99609375, 1.92578125),
      (.percentile(0.99), 1, 0.966796875, 1.900390625), (.meanSquaredError(), 1, 0.98, 2.94),
    ]
    for (calibration, version, below, above) in pinned {
      let range = calibration.range(of: spread)
      #expect(range.below == below && range.above == above, "\(calibration): \(range)")
      #expect(calibration.specification.version == version)
    }
    #expect(Set(pinned.map(\.calibration.name)) == Set(Calibration.catalogue.names))
  }

  @Test func minMaxTakesAll() {
    let range = Calibration.minMax().range(of: InputSpread(below: 0.5, above: 7))
    #expect(range.below == 0.5 && range.above == 7)
  }

  /// Within a bin of the quantiles of the numbers themselves.
  @Test(arguments: [0.9, 0.99, 0.999], [false, true]) func percentilesAreQuantiles(
    share: Double, isRectified: Bool
  ) {
    let numbers = numbers(5000, outliers: [9], isRectified: isRectified)
    let spread = spread(numbers)
    let sorted = numbers.sorted()
    let out = Int((1 - share) * Double(numbers.count))
    let range = Calibration.percentile(share).range(of: spread)
    let bin = (spread.below + spread.above) / 2048
    #expect((range.above - max(0, sorted[sorted.count - 1 - out])).magnitude <= 1.001 * bin)
    #expect((range.below - max(0, -sorted[out])).magnitude <= 1.001 * bin)
    #expect(range.above < 9)
  }

  @Test func theWholeShareIsTheWholeRange() {
    let range = Calibration.percentile(1).range(of: spread(numbers(500)))
    let all = spread(numbers(500))
    #expect(range.below == all.below && range.above == all.above)
  }

  /// The narrower range that is found has the least error of all that were tried, on the numbers themselves.
  @Test func theLeastSquaredErrorIsFound() {
    let numbers = numbers(4000, outliers: [30])
    let spread = spread(numbers)
    func error(_ below: Float, _ above: Float) -> Double {
      let code = AffineCode(below: below, above: above)
      return numbers.reduce(0) { sum, number in
        let difference = Double(number - code.nearest(number))
        return sum + difference * difference
      }
    }
    let found = Calibration.meanSquaredError().range(of: spread)
    let factors = (20...100).map { Float($0) / 100 }
    let errors = factors.map { error($0 * spread.below, $0 * spread.above) }
    #expect(error(found.below, found.above) <= (errors.min() ?? 0) * 1.02)
    #expect(found.above < spread.above)
    // Without one that is far out, nothing is gained by clipping much.
    let even = self.spread((0..<2000).map { Float($0) / 1000 - 1 })
    let whole = Calibration.meanSquaredError().range(of: even)
    #expect(whole.above > 0.97 * even.above)
  }

  @Test func inputsThatAreAllZeroHaveARange() {
    var counts = [Float](repeating: 0, count: 2048)
    counts[0] = 64
    let zeros = InputSpread(below: 0, above: 0, counts: counts)
    for calibration in Calibration.catalogue.all {
      let range = calibration.range(of: zeros)
      #expect(range.below == 0 && range.above == 0)
    }
  }
}
