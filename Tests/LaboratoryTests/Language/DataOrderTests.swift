import CoppiceLaboratory
import CoppiceTerms
import CoppiceTestSupport
import Testing

/// How an order of the data is spelled.
@Suite struct DataOrderTests {
  private func read(_ text: String) throws -> DataOrder {
    var trial = Trial()
    try Settings.named("data-order").set(&trial, text)
    return trial.dataOrder
  }

  @Test func formsAreRead() throws {
    #expect(try read("0") == .own)
    #expect(try read("2") == 2)
    #expect(try read("2@500it") == DataOrder(2, from: .iterations(500)))
    #expect(try read("3@0.5") == DataOrder(3, from: .share(0.5)))
    #expect(try read("1@2ep") == DataOrder(1, from: .epochs(2)))
    for order in [DataOrder.own, 7, DataOrder(9_999, from: .epochs(0.25))] {
      #expect(try read("\(order)") == order)
    }
  }

  /// From the beginning on is from the beginning on, however it is written; and the order of the seed is one, wherever it begins.
  @Test func whatIsOneOrderIsEqual() throws {
    for text in ["2", "2@0it", "2@0ep", "2@0.0"] { #expect(try read(text) == 2) }
    #expect(try read("0@500it") == .own)
    #expect(DataOrder(2, from: .iterations(1)) != 2)
  }

  @Test func whatCannotBeIsRefused() {
    #expect(
      message { _ = try read("-1") }
        == "data-order is -1, but must be a whole number in 0…9999, as 2 or 2@500it")
    #expect(
      message { _ = try read("two") }
        == "\"two\" is not a value of data-order: it takes number, or from a step on as 2@500it")
    #expect(message { _ = try read("2@soon") }.hasPrefix("data-order: \"soon\" is not an amount of training"))
    #expect(message { _ = try read("2@-1it") }.contains("a budget of -1it is out of range"))
    #expect(
      message { _ = try SweepPlan(Trial.tiny.with { $0.dataOrder = 10_000 }) }.contains("in 0…9999"))
  }
}
