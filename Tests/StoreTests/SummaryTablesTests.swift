import CoppiceHDF5
import CoppiceStore
import CoppiceTestSupport
import Foundation
import Testing

@Suite struct SummaryTablesTests {
  private func table(_ name: String, _ numbers: [Double]) -> NamedTable {
    NamedTable(
      name, title: name,
      columns: [
        .init("row", integers: Array(numbers.indices)), .init("layer", texts: numbers.map { _ in "fc1" }),
        .init(Quantity("value"), numbers: numbers),
      ])
  }

  @Test func everyFormOfDrawingComesBack() throws {
    let path = try TemporaryFolder().file("summary.h5")
    var tables = [table("curves", [1]), table("panels", [2]), table("matrix", [3]), table("none", [4])]
    tables[0].drawing = .init("value", against: "row", reference: "value")
    tables[1].drawing = .init("value", against: "row", inPanelsOf: "layer", by: ["row"], reference: "row")
    tables[2].drawing = .init(matrixOf: "value", rows: "row", columns: "layer", by: ["layer"])
    var summary = Samples.summary
    summary.analyses = tables
    try SummaryFile.write(summary, to: path)
    #expect(try SummaryFile.analyses(path) == tables)
    tables[2].drawing?.value = "absent"
    summary.analyses = tables
    try SummaryFile.write(summary, to: path, replacing: true)
    #expect(throws: StoreError.self) { try SummaryFile.analyses(path) }
  }

  @Test func tablesArePutBesideThoseThatAreThere() throws {
    let path = try TemporaryFolder().file("summary.h5")
    var summary = Samples.summary
    summary.analyses = [table("a", [1]), table("b", [2])]
    try SummaryFile.write(summary, to: path)
    try SummaryFile.put([table("c", [3, .infinity]), table("a", [4])], into: path)
    #expect(
      try SummaryFile.analyses(path) == [table("a", [4]), table("b", [2]), table("c", [3, .infinity])])
    let stored = try SummaryFile.read(path)
    #expect(stored.rows == summary.rows && stored.configuration == summary.configuration)
    #expect(stored.provenance == summary.provenance && stored.curves == summary.curves)
    // Equal tables leave the file alone, numbers that were not measured among them.
    try SummaryFile.put([table("d", [.nan])], into: path)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    try SummaryFile.put([table("d", [.nan]), table("b", [2])], into: path)
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == bytes)
  }

  @Test func aFileThatIsNotAsItWasWrittenIsNotChanged() throws {
    let path = try TemporaryFolder().file("summary.h5")
    try SummaryFile.write(Samples.summary, to: path)
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    bytes[bytes.count / 2] ^= 1
    try bytes.write(to: URL(fileURLWithPath: path))
    #expect(throws: StoreError.self) { try SummaryFile.put([table("a", [1])], into: path) }
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == bytes)
    #expect(throws: StoreError.self) { try SummaryFile.put([], into: path + ".absent") }
  }
}
