import CoppiceReporting
import CoppiceStore
import Testing

@Suite struct CostCorrelationTests {
  private static func row(
    _ flops: Double, _ parameters: Double, dense: Double, sparse: Double, threads: Double = 2
  ) -> IndexRow {
    var row = IndexRows.row(target: 0.5, seed: 0, accuracy: 0.9)
    (row[metric: .flops], row[metric: .parameters]) = (flops, parameters)
    (row[metric: .flopsNonzero], row[metric: .parametersNonzero]) = (flops / 2, parameters / 2)
    (row[metric: .latencyDense], row[metric: .latencySparse]) = (dense, sparse)
    (row[metric: .latencyCompacted], row[metric: .latencyThreads]) = (dense, threads)
    row.processor = "p"
    row.kernels = "k"
    return row
  }

  @Test func eachFormWithItsOwnCosts() throws {
    let rows = [
      Self.row(10, 5, dense: 1, sparse: 0.5), Self.row(20, 9, dense: 2, sparse: 1),
      Self.row(30, 7, dense: 3, sparse: 2),
      // Nothing of it runs sparse.
      Self.row(40, 1, dense: 4, sparse: 4),
      IndexRows.row(target: 0.5, seed: 1, accuracy: 0.9),
    ]
    let found = CostCorrelation.all(of: rows)
    #expect(found.map(\.form) == [.dense, .sparse, nil] && found.allSatisfy { $0.batch == 1 })
    #expect(found.map(\.flops.count) == [4, 3, 7])
    #expect(found[0].flops.coefficient == 1 && found[1].flops.coefficient == 1)
    #expect(abs(try #require(found[0].parameters.coefficient) + 0.4) < 1e-15)
    #expect(abs(try #require(found[1].parameters.coefficient) - 0.5) < 1e-15)
    // All forms together: half of the operations of one network are as many as all of another.
    let pairs = [(10.0, 1.0), (20, 2), (30, 3), (40, 4), (5, 0.5), (10, 1), (15, 2)]
    #expect(found[2].flops == RankCorrelation(pairs))
    #expect(
      CostCorrelation.table(found).rows.map { $0[0] } == ["dense", "sparse", "all"].map(Table.Cell.text))
  }

  @Test func machinesAreTold() {
    let rows = [1.0, 2, 2].map { Self.row(1, 1, dense: 1, sparse: 1, threads: $0) }
    #expect(CostCorrelation.machines(of: rows) == ["p, k, 1 thread", "p, k, 2 threads"])
    #expect(CostCorrelation.machines(of: IndexRows.grid()) == [])
  }
}
