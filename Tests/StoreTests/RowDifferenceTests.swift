import CoppiceStore
import CoppiceTensors
import Testing

@Suite struct RowDifferenceTests {
  private func row(_ change: (inout IndexRow) -> Void = { _ in }) -> IndexRow {
    var row = IndexRow(trial: "t", seed: 3, round: 1)
    row[metric: .testAccuracy] = 0.5
    row[metric: .wallTime] = 2
    change(&row)
    return row
  }

  @Test func everyBitCountsButForTheMachine() {
    #expect(row().differences(from: row()).isEmpty)
    let other = row {
      $0.trial = "u"
      $0[metric: .wallTime] = 3
      $0[metric: .latency] = 1
      $0[metric: .bytesCompressed] = 7
      ($0.processor, $0.kernels) = ("p", "k")
    }
    #expect(row().differences(from: other).isEmpty)
    let next = row { $0[metric: .testAccuracy] = (0.5).nextUp }
    let found = row().differences(from: next)
    #expect(found.map(\.column) == ["test_accuracy"])
    #expect(found.first?.one == .number(0.5) && found.first?.other == .number((0.5).nextUp))
    #expect(row().differences(from: row { $0.control = "random-mask" }).map(\.column) == ["control"])
  }

  /// Zeros of either sign are two numbers, and what was not measured is one with itself.
  @Test func numbersAreComparedByTheirBits() {
    let zero = row { $0[metric: .testLoss] = 0 }
    #expect(zero.differences(from: row { $0[metric: .testLoss] = -0.0 }).map(\.column) == ["test_loss"])
    #expect(row().differences(from: zero).map(\.column) == ["test_loss"])
    #expect(row().differences(from: zero, isLenient: true).isEmpty)
  }
}
