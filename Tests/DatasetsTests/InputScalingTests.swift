import CoppiceDatasets
import Testing

@Suite struct InputScalingTests {
  /// Dividing by 255 in `Float`, as torchvision's ToTensor does, gives the same bits.
  @Test func unitIsDivisionBy255() {
    #expect(InputScaling.unit.table(channels: 1) == (0..<256).map { Float($0) / 255 })
  }

  @Test func standardisedIsPerChannel() {
    let table = InputScaling.standardised(mean: [0.5, 0.25], standardDeviation: [0.5, 2]).table(channels: 2)
    #expect(table[0] == -1 && table[255] == 1 && table[256] == -0.125 && table[511] == 0.375)
  }
}
