import CoppiceReporting
import CoppiceStore
import Testing

@Suite struct RowListingTests {
  private let rows = IndexRows.grid()
  private let tags = RowColumn("tags") { .text($0.seed == 0 ? "good" : "") }

  @Test func theUsualColumnsAreThoseThatVary() throws {
    let table = try RowListing(rows, of: rows).table()
    #expect(
      table.columns.map(\.name) == [
        "trial", "status", "criterion", "schedule", "seed", "round", "sparsity", "test_accuracy",
      ])
    #expect(table.rows.count == rows.count)
    #expect(table.text(width: 200).contains("test accuracy (%)"))
    let tagged = try RowListing(rows, of: rows, beside: [tags], hasFurther: true).table()
    #expect(tagged.columns.last?.name == "tags")
  }

  @Test func rowsAreSortedByColumns() throws {
    var listing = try RowListing(rows, of: rows, columns: ["criterion", "seed", "target_sparsity"])
    try listing.sort(by: ["criterion", "-seed", "target_sparsity"])
    let lines = listing.table(limit: 3).commaSeparated.split(separator: "\n")
    #expect(
      lines == ["criterion,seed,target_sparsity", "magnitude,2,0.5", "magnitude,2,0.8", "magnitude,1,0.5"])
  }

  /// Whichever way a column is sorted, what it says nothing of comes last.
  @Test func whatIsMissingComesLast() throws {
    var some = rows
    some[3][metric: .testAccuracy] = .nan
    for sign in ["", "-"] {
      var listing = try RowListing(some, of: some, columns: ["trial"])
      try listing.sort(by: [sign + "test_accuracy"])
      #expect(listing.table().rows.last == [.text(some[3].trial)])
    }
  }

  @Test func allColumnsAndUnknownOnes() throws {
    let table = try RowListing(rows, of: rows, columns: ["all", "tags"], beside: [tags]).table()
    #expect(table.columns.map(\.name) == IndexRow.columnNames(of: rows) + ["tags"])
    #expect(throws: ReportingError.self) { try RowListing(rows, of: rows, columns: ["kriterion"]) }
    var listing = try RowListing(rows, of: rows)
    #expect(throws: ReportingError.self) { try listing.sort(by: ["kriterion"]) }
  }
}
