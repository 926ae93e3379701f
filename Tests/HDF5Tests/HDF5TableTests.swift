import CoppiceHDF5
import CoppiceTestSupport
import Testing

@Suite struct HDF5TableTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: [0, 1, 3, 1000]) func columnsOfEveryTypeComeBack(rows: Int) throws {
    let table = HDF5Table([
      .init("name", .text((0..<rows).map { "trial \($0) é" })),
      .init("final", .uint8((0..<rows).map { UInt8($0 % 2) })),
      .init("seed", .int64((0..<rows).map { Int64($0) << 40 })),
      .init("round", .int32((0..<rows).map { Int32(-$0) })),
      .init("sparsity", .float64((0..<rows).map { 1 / Double($0 + 1) })),
      .init("accuracy", .float32((0..<rows).map { 1 / Float($0 + 1) })),
      .init("empty", .text([String](repeating: "", count: rows))),
    ])
    let draft = try HDF5Draft(folder.file("a.h5"))
    try draft.root.write("index", table)
    try draft.commit()
    let dataset = try HDF5File(folder.file("a.h5")).root.dataset("index")
    #expect(try dataset.content == .table)
    #expect(try dataset.shape == [rows])
    #expect(try dataset.readTable() == table)
    #expect(table.rowCount == rows)
    #expect(table["seed"]?.integers?.count == rows)
    #expect(table["sparsity"]?.doubles?.first == (rows == 0 ? nil : 1))
    #expect(table["absent"] == nil)
  }

  @Test func columnsOfUnequalLengthAreRefused() throws {
    let draft = try HDF5Draft(folder.file("a.h5"))
    let table = HDF5Table([.init("a", .int32([1, 2])), .init("b", .float32([1]))])
    let error = #expect(throws: HDF5Error.self) { try draft.root.write("t", table) }
    #expect(error?.message == "column b has 1 rows, column a 2")
    #expect(throws: HDF5Error.self) { try draft.root.write("t", HDF5Table([])) }
    let twice = HDF5Table([.init("a", .int32([1])), .init("a", .int32([1]))])
    #expect(throws: HDF5Error.self) { try draft.root.write("t", twice) }
  }
}
