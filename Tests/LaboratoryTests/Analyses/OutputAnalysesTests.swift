import CoppiceDatasets
import CoppiceLaboratory
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import Testing

extension Running {
  /// The analyses of what networks predict, asked of a sweep that was run.
  @Suite struct OutputAnalysesTests {
    private func plan(_ analyses: [Analysis], dataset: DatasetSource = .tinyGlyphs) throws -> SweepPlan {
      try SweepPlan(
        Experiment(
          "test", question: "What does pruning change?",
          base: Trial.tiny.with {
            ($0.model, $0.dataset, $0.batchSize) = (.mlp([6]), dataset, 10)
            ($0.training, $0.evaluation, $0.retraining) = (.iterations(40), .iterations(40), .none)
          }, analyses: analyses
        ) {
          Axis(\.retraining, [.none, .fineTune(.iterations(10))])
          Axis(\.criterion, [.magnitude, .random])
          Axis(\.sparsity, [0.5, 0.8])
          Axis(\.seed, 0..<3)
        }, library: Bench.library)
    }

    @Test func allAreAnsweredFromOneSweep() throws {
      let plan = try plan([
        .calibration(bins: 5), .denseAgreement, .classDamage,
        .robustness(corruptions: ["shift", "contrast"], severities: [1, 3]),
        .prunePotential(corruptions: ["contrast"], severity: 3), .rankStability(),
      ])
      let bench = try Bench()
      let report = try bench.run(plan)
      #expect(report.failures.isEmpty, "\(report.failures)")
      let summary = try SummaryFile.read(report.summary)
      let tables = Dictionary(uniqueKeysWithValues: summary.analyses.map { ($0.name, $0) })
      func table(_ name: String) throws -> NamedTable { try #require(tables[name]) }
      func accuracy(_ trial: String, _ round: Double) -> Double {
        summary.rows.first { $0.trial == trial && $0.round == Int(round) }?[metric: .testAccuracy] ?? .nan
      }
      // Accuracies are those of the index.
      for name in ["calibration", "dense_agreement", "robustness", "class_damage_inequality"] {
        let table = try table(name)
        // Two retrainings, criteria and ratios and three seeds; some tables have dense networks too.
        #expect(table.texts("condition").count { $0 != "dense" } == 24, "\(name)")
        for row in 0..<table.rowCount {
          #expect(
            table.values("accuracy")[row]
              == accuracy(table.texts("trial")[row], table.values("round")[row]),
            "\(name)")
        }
      }
      #expect(Set(try table("calibration").texts("condition")).count == 5)
      #expect(try table("dense_agreement_exemplars").rowCount == 8)
      #expect(try table("class_damage").rowCount == 8 * 10)
      #expect(try table("robustness_severities").rowCount == (try table("robustness").rowCount) * 4)
      #expect(try table("prune_potential_mean").rowCount == 4 * 4)
      #expect(
        try table("rank_stability").texts("compared").count { $0 == "before and after fine-tune" } == 6)
      // Every table that stands for its analysis is drawn.
      for name in [
        "calibration", "dense_agreement", "class_damage", "robustness", "prune_potential", "rank_stability",
      ] {
        let drawing = try #require(try table(name).drawing)
        #expect(try table(name)[drawing.x] != nil && (try table(name)[drawing.y]) != nil, "\(name)")
      }
      // Asked again nothing is made.
      let stages = bench.results.stages.paths().count
      let again = try bench.run(plan)
      #expect(bench.results.stages.paths().count == stages)
      // Some numbers are not measured, and NaN is no other NaN.
      #expect("\(try SummaryFile.read(again.summary).analyses)" == "\(summary.analyses)")
    }

    @Test func outputsAreShared() throws {
      let bench = try Bench()
      try bench.run(plan([.calibration()]))
      let stages = bench.results.stages.paths().count
      try bench.run(plan([.calibration(), .denseAgreement, .classDamage]))
      // Two more answers, and nothing more is measured.
      #expect(bench.results.stages.paths().count == stages + 2)
    }

    @Test func whatAreNoImagesIsNotCorrupted() throws {
      let report = try Bench().run(
        plan([.robustness(corruptions: ["contrast"], severities: [1])], dataset: .tiny))
      #expect(
        report.failures.map(\.message).joined().contains(
          "corruption contrast is of images, and these are none"))
    }
  }
}
