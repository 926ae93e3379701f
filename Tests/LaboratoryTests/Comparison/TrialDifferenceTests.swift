import CoppiceLaboratory
import CoppiceStore
import CoppiceTensors
import Testing

@Suite struct TrialDifferenceTests {
  @Test func equalTrialsAreIdentical() {
    let difference = TrialDifference(PartingTests.record(), PartingTests.record())
    #expect(difference.isIdentical && difference.parting == nil)
    #expect(difference.settings.isEmpty && difference.provenance.isEmpty)
    #expect(difference.layers.allSatisfy { $0.differing == 0 && $0.maximum == 0 && $0.relative == 0 })
  }

  /// By hand: a = (2, 2, 3, 0), b = (2, 5, 3, 0): max |Δ| 3, ‖Δ‖ 3, ‖a‖ √17.
  @Test func layersAreMeasured() throws {
    let other = PartingTests.record {
      $0.rounds[1].weights?["a.weight"]?.scalars[1] = 5
      $0.rounds[1].masks?["a.weight"]?.bytes = [1, 1, 0, 1]
    }
    let layers = LayerDistance.all(PartingTests.record(), other)
    #expect(layers.map(\.name) == ["a.weight", "a.bias", "a.weight", "a.bias"])
    let changed = try #require(layers.first { $0.round == 1 && $0.name == "a.weight" })
    #expect(changed.differing == 1 && changed.maximum == 3)
    #expect(abs(changed.relative - 3 / (17.0).squareRoot()) < 1e-12)
    // Survivors 0, 1, 2 and 0, 1, 3 share two of four.
    #expect(changed.overlap == 0.5 && changed.maskDiffering == 2)
    #expect(layers[1].overlap == nil)
  }

  @Test func metricsAreListedByRound() throws {
    let other = PartingTests.record {
      $0.rounds[1].row[metric: .testAccuracy] = 0.75
      $0.rounds[1].row[metric: .wallTime] = 4
    }
    let values = TrialDifference(PartingTests.record(), other).values
    #expect(values.map(\.metric) == ["test_accuracy"])
    #expect(values[0].round == 1 && values[0].one.isNaN && values[0].other == 0.75 && !values[0].isEqual)
  }
}
