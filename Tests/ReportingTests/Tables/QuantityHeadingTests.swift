import CoppiceReporting
import CoppiceStore
import Testing

@Suite struct QuantityHeadingTests {
  @Test func headingsAndLabelsSayTheUnit() {
    #expect(Metric.testAccuracy.quantity.heading == "test accuracy (%)")
    #expect(Metric.testAccuracy.quantity.label == "Test accuracy (%)")
    #expect(Metric.wallTime.quantity.heading == "wall time (s)")
    #expect(Metric.flops.quantity.label == "FLOPs")
    #expect(Metric.earlyStopStep.quantity.heading == "early-stop iteration")
    #expect(Quantity("size", unit: .other("MB")).heading == "size (MB)")
  }

  @Test func formatsAreThoseOfTables() {
    #expect(Metric.testLoss.quantity.tableFormat == .decimal(4))
    #expect(Metric.density.quantity.tableFormat == .percent(2))
    #expect(Metric.parameters.quantity.tableFormat == .integer)
  }
}
