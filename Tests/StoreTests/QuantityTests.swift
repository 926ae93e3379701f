import CoppiceStore
import Testing

@Suite struct QuantityTests {
  @Test func theUnitSaysHowItIsPrinted() {
    #expect(Quantity("a_b").title == "a b")
    #expect(Quantity("a", unit: .fraction).format == .percent(2))
    #expect(Quantity("a", unit: .fraction).bounds == 0...1)
    #expect(Quantity("a", unit: .flops).format == .integer && Quantity("a", unit: .flops).isWhole)
    #expect(Quantity("a", unit: .seconds).format == .decimal(1))
    #expect(Quantity("a", format: .decimal(2)).format == .decimal(2))
    #expect(Quantity("a", unit: .count).bounds?.contains(-1) == false)
    #expect(Quantity("a", unit: .seconds).bounds?.contains(1e300) == true)
    #expect(Quantity("a").bounds == nil && !Quantity("a").isWhole)
  }

  @Test func unitsReadBack() {
    for unit in [Quantity.Unit.none, .fraction, .seconds, .count, .flops, .other("MB")] {
      #expect(Quantity.Unit(text: unit.text) == unit)
    }
  }
}
