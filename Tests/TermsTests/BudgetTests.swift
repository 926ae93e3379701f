import CoppiceTerms
import Testing

@Suite struct BudgetTests {
  @Test(arguments: [
    ("5000it", Budget.iterations(5000)), ("0it", .iterations(0)), ("10ep", .epochs(10)),
    ("0.5ep", .epochs(0.5)), ("0.25", .share(0.25)), ("1.0", .share(1)),
  ])
  func readsWhatItPrints(text: String, budget: Budget) throws {
    #expect(try Budget(parsing: text) == budget)
    #expect(budget.description == text)
  }

  @Test func printedSharesKeepTheirBits() throws {
    for numerator in 1..<200 {
      let budget = Budget.share(Double(numerator) / 217)
      #expect(try Budget(parsing: budget.description) == budget)
    }
  }

  @Test func countsSteps() throws {
    #expect(try Budget.iterations(7).iterations(perEpoch: 900, of: 50_000) == 7)
    #expect(try Budget.epochs(1.5).iterations(perEpoch: 917, of: nil) == 1376)
    #expect(try Budget.share(0.25).iterations(perEpoch: 900, of: 50_000) == 12_500)
    #expect(try Budget.share(0.5).iterations(perEpoch: 900, of: 5) == 3)
  }

  @Test(arguments: [
    ("", BudgetError.unreadable("")), ("five", .unreadable("five")), ("1.5it", .unreadable("1.5it")),
    ("5000", .outOfRange(.share(5000))), ("-1it", .outOfRange(.iterations(-1))),
    ("1e300ep", .outOfRange(.epochs(1e300))), ("-0.5", .outOfRange(.share(-0.5))),
    ("99999999999999it", .outOfRange(.iterations(99_999_999_999_999))),
  ])
  func refusesWhatMakesNoSense(text: String, error: BudgetError) {
    #expect(throws: error) { try Budget(parsing: text) }
  }

  @Test func refusesNaN() {
    #expect(throws: BudgetError.self) { try Budget(parsing: "nan") }
    #expect(throws: BudgetError.self) { try Budget(parsing: "nanep") }
  }

  @Test func aCaseBuiltOutOfRangeIsRefusedWhereItIsCounted() {
    #expect(throws: BudgetError.outOfRange(.epochs(-1))) {
      try Budget.epochs(-1).iterations(perEpoch: 10, of: nil)
    }
    #expect(throws: BudgetError.shareOfNothing(0.5)) {
      try Budget.share(0.5).iterations(perEpoch: 10, of: nil)
    }
  }

  @Test func errorsSayWhatToWrite() {
    #expect(
      BudgetError.unreadable("five").description
        == "\"five\" is not an amount of training: write steps as 5000it, passes over the data as 10ep, "
        + "or a share of the dense training as 0.25")
    #expect(
      BudgetError.outOfRange(.share(5000)).description
        == "a budget of 5000.0 is read as a share of the dense training and must lie in 0…1: "
        + "write steps as 5000it or passes over the data as 10ep")
    #expect(
      BudgetError.outOfRange(.iterations(-1)).description
        == "a budget of -1it is out of range: it must be 0 or more, and come to at most 1000000000000 steps")
    #expect(
      BudgetError.shareOfNothing(0.5).description
        == "the training itself cannot last a share (0.5) of the training: write steps as 5000it or passes as 10ep"
    )
  }
}
