import CoppiceLaboratory
import CoppiceStore
import CoppiceTensors
import Testing

@Suite struct ConsensusMasksTests {
  /// Over all 2ⁿ outcomes.
  @Test func chanceIsThatOfEveryOutcomeTogether() {
    for probabilities in [[], [0.3], [0.5, 0.5], [0.1, 0.9, 0.4], [0, 1, 0.2, 0.7, 0.35]] as [[Double]] {
      var expected = [Double](repeating: 0, count: probabilities.count + 1)
      for outcome in 0..<(1 << probabilities.count) {
        var mass = 1.0
        for (event, p) in probabilities.enumerated() { mass *= outcome >> event & 1 == 1 ? p : 1 - p }
        expected[outcome.nonzeroBitCount] += mass
      }
      #expect(areClose(MaskConsensus.poissonBinomial(probabilities), expected))
    }
  }

  @Test func chanceIsThatOfNumPy() throws {
    let events = try AnalysesFixture.read().events
    #expect(areClose(MaskConsensus.poissonBinomial(events.probabilities), events.distribution))
  }

  private func masks(_ bits: [[UInt8]]...) -> [MaskSet] {
    bits.map { layers in
      MaskSet(layers.enumerated().map { ("layer\($0)", Mask([$1.count], $1)) })
    }
  }

  @Test func weightsAreCountedByHowManyKeepThem() throws {
    let consensus = try #require(
      MaskConsensus(masks([[1, 1, 0, 0], [1, 0]], [[1, 0, 1, 0], [1, 1]], [[1, 0, 0, 0], [1, 0]])))
    #expect(consensus.layers.map(\.name) == ["all", "layer0", "layer1"])
    // One weight is kept by none, two by one, one by all.
    #expect(consensus.layers[1].shares == [0.25, 0.5, 0, 0.25])
    #expect(consensus.layers[2].shares == [0, 0.5, 0, 0.5])
    #expect(areClose(consensus.layers[0].shares, [1 / 6.0, 3 / 6.0, 0, 2 / 6.0]))
    #expect(areClose(consensus.layers[1].chances, MaskConsensus.poissonBinomial([0.5, 0.5, 0.25])))
    // All keep one of the weights of which one mask keeps 5 / 3 on average.
    #expect(abs(consensus.layers[1].core - 0.6) < 1e-12)
    #expect(abs(consensus.layers[1].coreByChance - 0.0625 * 4 * 3 / 5) < 1e-12)
    #expect(consensus.layers.allSatisfy { abs($0.shares.reduce(0, +) - 1) < 1e-12 })
    #expect(consensus.layers.allSatisfy { abs($0.chances.reduce(0, +) - 1) < 1e-12 })
  }

  @Test func masksOfOtherWeightsHaveNoConsensus() {
    #expect(MaskConsensus(masks([[1, 0]])) == nil)
    #expect(MaskConsensus(masks([[1, 0]], [[1, 0, 1]])) == nil)
    #expect(MaskConsensus(masks([[1, 0]], [[1, 0], [1]])) == nil)
  }
}
