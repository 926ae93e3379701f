import CoppiceLaboratory
import CoppiceStore
import CoppiceTensors
import Testing

extension Running {
  @Suite struct InputDegreesTests {
    private func run(_ base: Trial) throws -> (NamedTable, [MaskSet]) {
      let plan = try SweepPlan(
        Experiment("test", question: "What is looked at?", base: base, analyses: [.inputDegrees]) {
          Axis(\.seed, 0..<2)
        }, library: Bench.library)
      let bench = try Bench()
      let report = try bench.run(plan)
      #expect(report.failures.isEmpty, "\(report.failures)")
      let masks = try plan.trials.filter { $0.trial.sparsity == 0.5 }.map {
        try #require(try bench.record($0, of: plan).rounds.last?.masks)
      }
      return (try #require(try SummaryFile.read(report.summary).analyses.first), masks)
    }

    /// A linear layer sees every pixel of an image.
    @Test func survivorsOfEachPixelAreCounted() throws {
      let (table, masks) = try run(Trial.tiny.with { $0.dataset = .tinyGlyphs })
      #expect(masks.count == 2)
      let shape = try #require(masks[0]["fc1.weight"]).shape
      let (units, count) = (shape[0], shape[1])
      let side = Int(Double(count).squareRoot())
      #expect(side * side == count && table.rowCount == count)
      for place in 0..<count {
        let kept = try masks.reduce(0) { sum, set in
          let mask = try #require(set["fc1.weight"])
          return sum + (0..<units).reduce(0) { $0 + Int(mask.bytes[$1 * count + place]) }
        }
        #expect(table.numbers("degree")[place] == Double(kept) / 2)
        #expect(table.integers("row")[place] == place / side)
        #expect(table.integers("column")[place] == place % side)
      }
      #expect(table.drawing?.form == .matrix)
    }

    /// A convolution sees all pixels through every place of its kernel.
    @Test func aKernelHasPlaces() throws {
      let (table, masks) = try run(
        Trial.tiny.with { ($0.dataset, $0.model) = (.tinyGlyphs, .lenet([2, 3], hidden: 8)) })
      let shape = try #require(masks[0].first { $0.mask.shape.rank == 4 }).mask.shape
      #expect(table.rowCount == shape[1] * shape[2] * shape[3])
      #expect(table.integers("column").max() == shape[3] - 1 && table.integers("row").max() == shape[2] - 1)
      let kept = masks.reduce(0) { $0 + ($1.first { $0.mask.shape.rank == 4 }?.mask.keptCount ?? 0) }
      #expect(table.numbers("degree").reduce(0, +) == Double(kept) / 2)
    }
  }
}
