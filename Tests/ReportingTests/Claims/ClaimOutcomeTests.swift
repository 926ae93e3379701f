import CoppiceReporting
import CoppiceStore
import Testing

@Suite struct ClaimOutcomeTests {
  private static func rows(_ criterion: String, _ accuracies: [Double], target: Double = 0.9) -> [IndexRow] {
    accuracies.enumerated().map { seed, accuracy in
      IndexRows.row(criterion: criterion, target: target, seed: seed, accuracy: accuracy)
    }
  }

  private static func outcome(
    _ treated: [Double], _ reference: [Double], _ range: ClosedRange<Double>
  ) throws -> ClaimOutcome {
    try ClaimOutcome(
      rows("magnitude", treated) + rows("random", reference), meeting: ["criterion=magnitude"],
      against: ["criterion=random"], metric: "test_accuracy", expected: range)
  }

  /// Differences of 0.10, 0.11, 0.12: their interval is 0.11 ± 4.3027 · 0.01 / √3.
  @Test(arguments: [
    (0.0...Double.infinity, ClaimOutcome.Verdict.reproduced), (-Double.infinity...0.05, .refuted),
    (0.11...Double.infinity, .notDistinguishable), (0.08...0.14, .reproduced),
    (0.0...0.11, .notDistinguishable), (0.2...0.3, .refuted),
  ])
  func theIntervalDecides(range: ClosedRange<Double>, verdict: ClaimOutcome.Verdict) throws {
    let outcome = try Self.outcome([0.90, 0.92, 0.94], [0.80, 0.81, 0.82], range)
    #expect(abs((outcome.sample.mean ?? 0) - 0.11) < 1e-12)
    #expect(outcome.p == nil)
    #expect(outcome.verdict == verdict)
  }

  @Test func fromSixSeedsOnTheTestMustAgree() throws {
    // The interval lies above 0, but two of eight signs are negative.
    let differences = [-0.001, 0.010, -0.012, 0.051, 0.052, 0.053, 0.054, 0.055]
    let judged = ClaimOutcome(SampleStatistics(differences.map { $0 }), expected: 0...Double.infinity)
    #expect((Band.ci95.bounds(of: judged.sample)?.low ?? 0) > 0)
    #expect(judged.p == 0.0546875)
    #expect(judged.verdict == .notDistinguishable)
    let clear = ClaimOutcome(
      SampleStatistics(differences.map { abs($0) }), expected: 0...Double.infinity)
    #expect(clear.p == 0.0078125)
    #expect(clear.verdict == .reproduced)
  }

  @Test func severalRowsOfASeedCountAsTheirMean() throws {
    let rows = Self.rows("magnitude", [0.9, 0.8], target: 0.5) + Self.rows("magnitude", [0.7, 0.6])
    let outcome = try ClaimOutcome(
      rows, meeting: ["criterion=magnitude"], against: nil, metric: "test_accuracy", expected: 0...1)
    #expect(outcome.sample.values.map { ($0 * 100).rounded() } == [80, 70])
  }

  /// A dense network has the criterion of the sweep's base, and is none of that criterion's prunings.
  @Test func denseNetworksCountWhereNothingElseIsMeant() throws {
    let rows = Self.rows("magnitude", [0.7, 0.6]) + Self.rows("magnitude", [0.95, 0.96], target: 0)
    func values(_ conditions: [String]) throws -> [Double?] {
      try ClaimOutcome(
        rows, meeting: conditions, against: nil, metric: "test_accuracy", expected: 0...1
      ).sample.values
    }
    #expect(try values(["criterion=magnitude"]) == [0.7, 0.6])
    #expect(try values(["target_sparsity=0"]) == [0.95, 0.96])
  }

  /// A network that a recipe quantises and does not prune is compared with the dense one, and is none itself.
  @Test func whatARecipeMakesIsNoBaseline() throws {
    let made = [0.9, 0.8].enumerated().map { seed, accuracy in
      IndexRows.row(schedule: "recipe", target: 0, seed: seed, accuracy: accuracy)
    }
    let rows = made + Self.rows("magnitude", [0.95, 0.96], target: 0)
    let outcome = try ClaimOutcome(
      rows, meeting: ["schedule=recipe"], against: nil, metric: "test_accuracy", measure: .change,
      expected: -1...1)
    #expect(outcome.sample.values.compactMap { $0 }.map { ($0 * 100).rounded() } == [-5, -16])
  }

  /// Accuracies 0.9 and 0.8 beside dense ones of 0.95 and 0.96, and halves of what is asked as a share.
  @Test func numbersAreTakenBesideTheDenseNetworkOfTheSeed() throws {
    let rows = Self.rows("magnitude", [0.9, 0.8]) + Self.rows("none", [0.95, 0.96], target: 0)
    func values(_ measure: ClaimOutcome.Measure) throws -> [Double] {
      try ClaimOutcome(
        rows, meeting: ["criterion=magnitude"], against: nil, metric: "test_accuracy", measure: measure,
        expected: 0...1
      ).sample.values.compactMap { $0 }
    }
    for (found, right) in zip(try values(.change), [-0.05, -0.16]) { #expect(abs(found - right) < 1e-12) }
    for (found, right) in zip(try values(.share), [0.9 / 0.95, 0.8 / 0.96]) {
      #expect(abs(found - right) < 1e-12)
    }
  }

  @Test func aSeedThatDivergedIsMissing() throws {
    var rows = Self.rows("magnitude", [0.9, 0.8, 0.7])
    rows[1].status = .diverged
    let outcome = try ClaimOutcome(
      rows, meeting: ["criterion=magnitude"], against: nil, metric: "test_accuracy", expected: 0...1)
    #expect(outcome.sample.countText == "2/3")
  }

  @Test func aSeedOfOneSideOnlyIsMissing() throws {
    let outcome = try Self.outcome([0.90, 0.92, 0.94], [0.80, 0.81], 0...Double.infinity)
    #expect(outcome.sample.countText == "2/3")
  }

  @Test func conditionsThatNoRowMeetsAreRefused() {
    #expect(throws: ReportingError.noRowsMeeting(["criterion=snip"])) {
      try ClaimOutcome(
        Self.rows("magnitude", [0.9]), meeting: ["criterion=snip"], against: nil, metric: "test_accuracy",
        expected: 0...1)
    }
    #expect(throws: ReportingError.self) {
      try ClaimOutcome(
        Self.rows("magnitude", [0.9]), meeting: ["colour=red"], against: nil, metric: "test_accuracy",
        expected: 0...1)
    }
  }

  /// The rows of an analysis are judged as those of an index; one of a whole network is as good as any.
  @Test func rowsOfAnAnalysisAreJudged() throws {
    let table = NamedTable(
      "barriers", title: "barriers",
      columns: [
        .init("seed", integers: [0, 0, 1, 1, 2, 2]),
        .init("masks", texts: ["one", "none", "one", "none", "one", "none"]),
        .init(Quantity("density", unit: .fraction), numbers: [0.2, 1, 0.2, 1, 0.2, 1]),
        .init(Quantity("barrier", unit: .fraction), numbers: [0.01, 0.5, 0.012, 0.6, 0.011, 0.7]),
      ])
    func outcome(_ conditions: [String]) throws -> ClaimOutcome {
      try ClaimOutcome(
        table.indexRows, meeting: conditions, against: nil, metric: "barrier",
        expected: -Double.infinity...0.02)
    }
    #expect(try outcome(["masks=one"]).verdict == .reproduced)
    #expect(try outcome(["density=1"]).verdict == .refuted)
    #expect(try outcome(["density=0.2"]).sample.values == [0.01, 0.012, 0.011])
    #expect(
      try outcome([]).sample.values.compactMap { $0 }.map { ($0 * 1_000).rounded() } == [255, 306, 356])
  }
}
