import CoppiceReporting
import CoppiceStore
import Testing

@Suite struct BreakEvenTests {
  /// One criterion at four sparsities with three seeds, whose sparse form has these speed-ups.
  private static func rows(_ speedUps: [Double]) -> [IndexRow] {
    var rows: [IndexRow] = []
    for (target, speedUp) in zip([0.3, 0.5, 0.7, 0.9], speedUps) {
      for seed in 0..<3 {
        var row = IndexRows.row(target: target, seed: seed, accuracy: 0.9)
        let noise = 1 + 0.01 * Double(seed - 1)
        (row[metric: .latencyDense], row[metric: .latencySparse]) = (8, 8 / (speedUp * noise))
        (row[metric: .latencyCompacted], row[metric: .latencyThreads]) = (8, 2)
        row.processor = "p"
        row.kernels = "k"
        rows.append(row)
      }
    }
    return rows
  }

  @Test func theSmallestRatioFromWhichAllAreFaster() throws {
    func found(_ speedUps: Double...) throws -> BreakEven {
      let all = BreakEven.all(of: try CurveSet(Self.rows(speedUps)))
      // The compacted form is no other than the dense one, and 64 at once nobody measured.
      #expect(all.count == 1 && all[0].form == .sparse && all[0].batch == 1)
      return all[0]
    }
    let usual = try found(0.5, 0.9, 1.4, 3)
    #expect(usual.sparsity == 0.7)
    #expect(abs(try #require(usual.speedUp) - 1.4) < 1e-2)
    #expect(usual.sparsityOfLargest == 0.9 && abs(usual.largest - 3) < 1e-2)
    // Faster at 50 % and not at 70 % is not faster from 50 % on.
    #expect(try found(0.5, 1.2, 0.9, 3).sparsity == 0.9)
    #expect(abs(try #require(found(1.2, 1.3, 1.4, 3).sparsity) - 0.3) < 1e-12)
    let never = try found(1.2, 1.3, 1.4, 0.8)
    #expect(never.sparsity == nil && never.speedUp == nil && never.sparsityOfLargest == 0.7)
    // An interval that reaches 1 is not faster: ± 2.5 % over three seeds.
    #expect(try found(0.5, 0.9, 1.02, 3).sparsity == 0.9)
  }

  @Test func theTable() throws {
    let table = BreakEven.table(BreakEven.all(of: try CurveSet(Self.rows([0.5, 0.9, 1.4, 3]))))
    #expect(table.rows.count == 1 && table.rows[0][1] == .text("sparse"))
    #expect(table.commaSeparated.hasPrefix("curve,form,batch,break_even_sparsity,speed_up,"))
  }
}
