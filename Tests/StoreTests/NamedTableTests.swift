import CoppiceHDF5
import CoppiceStore
import CoppiceTestSupport
import Testing

@Suite struct NamedTableTests {
  @Test func columnsAreFoundByName() {
    let table = Samples.overlap
    #expect(table.rowCount == 3)
    #expect(table["trial_b"]?.quantity.title == "other trial")
    #expect(table["round"]?.values[2] == .integer(1))
    #expect(table["jaccard"]?.values[0] == .number(0.4))
    #expect(table["trial_a"]?.values[0] == .text("s1"))
    #expect(table["absent"] == nil)
  }

  /// Columns that an index has are its own, and the others settings.
  @Test func rowsAreThoseOfAnIndex() {
    let rows = Samples.overlap.indexRows
    #expect(rows[2][column: "round"] == .integer(1))
    #expect(rows[0][column: "jaccard"] == .number(0.4))
    #expect(rows[0][column: "trial_a"] == .text("s1"))
    #expect(rows.allSatisfy { $0.isLadder && !$0.isFinal && $0.status == .completed })
  }

  /// Changes of a fraction lie on both sides of 0, and are drawn there when they are read again.
  @Test func changesHaveNoBounds() throws {
    let folder = try TemporaryFolder()
    var summary = Samples.summary
    summary.analyses = [
      NamedTable(
        "changes", title: "changes",
        columns: [
          .init(Quantity("change", unit: .fraction, bounds: -1...1), numbers: [-0.1, 0.2, .nan]),
          .init(Quantity("share", unit: .fraction), numbers: [0, 0.5, 1]),
        ])
    ]
    try SummaryFile.write(summary, to: folder.file("summary.h5"))
    let table = try #require(try SummaryFile.analyses(folder.file("summary.h5")).first)
    #expect(table["change"]?.quantity.bounds?.contains(-0.1) != false)
    #expect(table["share"]?.quantity.bounds == 0...1)
  }

  @Test func aSummaryHoldsItAsDocumented() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("summary.h5")
    try SummaryFile.write(Samples.summary, to: path)
    let dataset = try HDF5File(path).root.dataset("analyses/mask_overlap")
    #expect(try dataset.attribute("title") == .text("mask overlap of pairs of seeds"))
    #expect(try dataset.attribute("description") == .text("Jaccard index of survivors."))
    #expect(try dataset.attribute("units") == .texts(["1", "1", "count", "fraction", "fraction", "MB"]))
    let table = try dataset.readTable()
    #expect(
      table.columns.map(\.name) == ["trial_a", "trial_b", "round", "density", "jaccard", "distance"])
    #expect(table["jaccard"]?.doubles == [0.4, .infinity, 0.42])
  }
}
