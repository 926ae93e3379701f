import CoppiceReporting
import CoppiceStore
import Testing

@Suite struct AdviceTests {
  /// Dense networks and those pruned by two granularities to two sparsities, three seeds each, whose numbers are known: weights lose 0.2
  /// and 2 points and take 60 and 12 % of the bytes, channels lose 0.6 and 5 points and take 50 and 10 %.
  static func rows(
    model: String = "lenet-5", hasBytes: Bool = true, chance: Double = 0, spread: Double = 0
  ) -> [IndexRow] {
    func row(_ granularity: String, _ target: Double, _ seed: Int, _ accuracy: Double, _ bytes: Double)
      -> IndexRow
    {
      var row = IndexRows.row(
        trial: "\(granularity) \(target) \(seed)", model: model,
        retraining: target == 0 ? "none" : "fine-tune",
        target: target, seed: seed, accuracy: accuracy)
      row.granularity = granularity
      row.settings = []
      row[metric: .validationAccuracy] = accuracy
      row[metric: .chance] = target == 0 ? chance : 0
      row[metric: .parametersNonzero] = bytes / 4
      row[metric: .trainingFlopsDense] = target == 0 ? 100 : 150
      if hasBytes {
        row[metric: .bytes] = 1_000
        row[metric: granularity == "weight" ? .bytesSparse : .bytesCompacted] = bytes
      }
      return row
    }
    return (0..<3).flatMap { seed in
      let dense = 0.9 + 0.01 * Double(seed)
      let wave = spread * Double(seed - 1)
      return [
        row("weight", 0, seed, dense, 1_000), row("weight", 0.5, seed, dense - 0.002, 600),
        row("weight", 0.9, seed, dense - 0.02 + wave, 120), row("channel", 0.5, seed, dense - 0.006, 500),
        row("channel", 0.9, seed, dense - 0.05, 100),
      ]
    }
  }

  private func advice(
    _ rows: [IndexRow], model: String = "lenet-5",
    bottleneck: AdviceQuestion.Bottleneck = .size, target: AdviceQuestion.Target = .cpu,
    tolerance: Double = 0.01, budget: Double? = nil
  ) -> Advice {
    Advice(
      AdviceQuestion(
        model: model, bottleneck: bottleneck, target: target, tolerance: tolerance, budget: budget),
      rows.isEmpty ? [] : [.init(name: "mine", rows: rows)])
  }

  private func choice(_ advice: Advice) throws -> AdvicePoint? {
    let subject = try #require(advice.subjects.first)
    return subject.choice.map { subject.points[$0] }
  }

  @Test func theToleranceDecides() throws {
    // The cheapest that loses no more, each time another.
    for (tolerance, kind, sparsity) in [
      (0.001, nil, 0), (0.003, AdvicePoint.Kind.unstructured, 0.5), (0.01, .structured, 0.5),
      (0.03, .unstructured, 0.9), (0.1, .structured, 0.9),
    ] as [(Double, AdvicePoint.Kind?, Double)] {
      let found = try choice(advice(Self.rows(), tolerance: tolerance))
      #expect(found?.kind == kind && (found?.sparsity ?? 0) == sparsity, "\(tolerance)")
    }
  }

  /// A network that keeps all its weights may have fewer bits of each.
  @Test func whatIsQuantisedAloneIsAdvisedToo() throws {
    let quantised = (0..<3).map { seed in
      var row = IndexRows.row(
        trial: "quantised \(seed)", model: "lenet-5", schedule: "recipe", retraining: "none", target: 0,
        seed: seed, accuracy: 0.9 + 0.01 * Double(seed))
      row.settings = []
      row[metric: .validationAccuracy] = 0.9 + 0.01 * Double(seed)
      (row[metric: .bytes], row[metric: .bytesQuantised], row[metric: .bits]) = (1_000, 260, 8)
      return row
    }
    let found = try choice(advice(Self.rows() + quantised))
    #expect(found?.kind == .quantised && found?.sparsity == 0 && found?.share.mean == 0.26)
    #expect(found?.form == "quantised" && found?.change.mean == 0)
  }

  @Test func numbersAreThoseOfTheRows() throws {
    let subject = try #require(advice(Self.rows()).subjects.first)
    #expect(subject.denseCost == 1_000 && subject.rowCount == 15 && subject.points.count == 4)
    #expect(subject.cost.name == "bytes" && subject.accuracy.name == "validation_accuracy")
    #expect(subject.countWithin == 2 && subject.experiments == ["mine"])
    let point = subject.points[try #require(subject.choice)]
    #expect(point.cost.mean == 500 && point.share.mean == 0.5 && point.form == "compacted")
    #expect(abs((point.change.mean ?? 0) + 0.006) < 1e-12 && point.count == 3)
    #expect(point.extraTraining == 0.5 && !point.isUntrained)
    #expect(point.trials.count == 3)
    // The best of each kind within the tolerance.
    let gains = AdvicePoint.Kind.allCases.map { kind in
      subject.best { $0.kind == kind }.map { subject.points[$0].share.mean }
    }
    #expect(gains == [0.6, nil, 0.5, nil])
  }

  /// Codes are a kind of their own, and count by their bytes.
  @Test func quantisedNetworksAreAKind() throws {
    let rows = Self.rows().map { row in
      var row = row
      guard row.targetSparsity == 0.5, row.granularity == "channel" else { return row }
      row[metric: .bits] = 8
      row[metric: .bytesQuantised] = 130
      return row
    }
    let found = advice(rows)
    let point = try #require(try choice(found))
    #expect(point.kind == .quantised && point.form == "quantised" && point.share.mean == 0.13)
    #expect(!found.notMeasured.contains { $0.hasPrefix("quantised") })
  }

  @Test func theFrontIsWhatNothingBeats() throws {
    let subject = try #require(advice(Self.rows()).subjects.first)
    // Cheapest first; nothing beats any of the four.
    #expect(subject.front.map { subject.points[$0].share.mean } == [0.1, 0.12, 0.5, 0.6])
    var rows = Self.rows()
    for index in rows.indices where rows[index].granularity == "channel" && rows[index].targetSparsity == 0.5
    {
      rows[index][metric: .bytesCompacted] = 700
    }
    let beaten = try #require(advice(rows).subjects.first)
    #expect(beaten.front.map { beaten.points[$0].share.mean } == [0.1, 0.12, 0.6])
    // A dense network is cheaper than what costs more than it.
    for index in rows.indices where rows[index].granularity == "weight" && rows[index].targetSparsity == 0.9 {
      rows[index][metric: .bytes] = 2_000
      rows[index][metric: .bytesSparse] = 2_000
    }
    let dear = try #require(advice(rows).subjects.first)
    #expect(!dear.front.contains { (dear.points[$0].share.mean ?? 0) > 1 })
    #expect(dear.choice.map { dear.points[$0].share.mean } == 0.6)
  }

  @Test func aWideIntervalIsNotSure() throws {
    // At 90 % of the weights a mean loss of 2 points, from 1 to 3.
    let subject = try #require(advice(Self.rows(spread: 0.01), tolerance: 0.025).subjects.first)
    let (choice, sure) = (try #require(subject.choice), try #require(subject.sureChoice))
    #expect(subject.points[choice].share.mean == 0.12 && subject.points[sure].share.mean == 0.5)
  }

  @Test func theBudgetOfTrainingDecides() throws {
    #expect(try choice(advice(Self.rows(), budget: 0.5))?.kind == .structured)
    #expect(try choice(advice(Self.rows(), budget: 0.4)) == nil)
  }

  @Test func withoutRowsNothingIsKnown() {
    let none = advice([])
    #expect(none.subjects.isEmpty && none.relatives.isEmpty)
    #expect(none.notMeasured == ["lenet-5: not measured. No summary has a row of it"])
    let other = advice(Self.rows(), bottleneck: .energy)
    #expect(other.subjects.isEmpty)
    #expect(
      other.notMeasured == [
        "energy of lenet-5: not measured. 15 rows have accuracies without it"
      ])
  }

  /// Times are of one processor, and nothing is said of another target.
  @Test func timesAreNotCarriedOverToAnotherTarget() throws {
    let timed = Self.rows().map { row in
      var row = row
      row[metric: .latencyDense] = 2
      row[metric: .latencyCompacted] = row.granularity == "channel" ? 2 * (1 - row.targetSparsity) : 2
      row[metric: .latencyThreads] = 1
      (row.processor, row.kernels) = ("a processor", "avx2")
      return row
    }
    let subject = try #require(advice(timed, bottleneck: .speed).subjects.first)
    #expect(subject.machine == "a processor, avx2, 1 thread" && subject.cost.unit == "ms")
    #expect(subject.choice.map { subject.points[$0].form } == "compacted")
    let phone = advice(timed, bottleneck: .speed, target: .mobile)
    #expect(phone.subjects.isEmpty && phone.notMeasured.count == 1)
    #expect(phone.notMeasured.first?.hasPrefix("time on a mobile: not measured") == true)
    // Bytes are the same everywhere.
    #expect(!advice(timed, target: .mobile).subjects.isEmpty)
    // Rows of another machine are a subject of their own.
    let both =
      timed
      + timed.map { row in
        var row = row
        row.processor = "another"
        row.trial += " elsewhere"
        return row
      }
    #expect(advice(both, bottleneck: .speed).subjects.count == 2)
  }

  @Test func whatIsCountedInPlaceOfBytesIsSaid() throws {
    let counted = advice(Self.rows(hasBytes: false))
    #expect(counted.subjects.first?.cost.name == "parameters_nonzero")
    #expect(
      counted.notMeasured.contains { $0.hasSuffix("In their place parameters that are not 0 were counted") })
    #expect(try choice(counted)?.share.mean == 0.5)
  }

  @Test func atChanceNothingIsAdvised() throws {
    let lost = advice(Self.rows(chance: 1))
    let subject = try #require(lost.subjects.first)
    #expect(subject.choice == nil && subject.front.isEmpty && !subject.isAccuracyKnown)
    #expect(lost.notMeasured.contains { $0.hasPrefix("accuracy in mine: not measured") })
  }

  /// Of another model of the family the way is told, and no number is taken for the model's own.
  @Test func aFamilyIsToldApart() throws {
    let found = advice(Self.rows(model: "resnet-20"), model: "resnet-56")
    #expect(found.subjects.isEmpty && found.relatives.map(\.model) == ["resnet-20"])
    #expect(found.notMeasured == ["resnet-56: not measured. No summary has a row of it"])
    #expect(advice(Self.rows(model: "resnet-20"), model: "lenet-5").relatives.isEmpty)
    #expect(ModelFamily.name(of: "resnet-56") == ModelFamily.name(of: "resnet-20"))
    #expect(ModelFamily.name(of: "vgg-16") == ModelFamily.name(of: "conv-2"))
    #expect(
      ModelFamily.name(of: "mine") == "mine" && ModelFamily.name(of: "vit") != ModelFamily.name(of: "bert"))
  }

  @Test func controlsAndTroubleAreNotRecommended() throws {
    var rows = Self.rows()
    for index in rows.indices where rows[index].targetSparsity == 0.5 && rows[index].granularity == "channel"
    {
      if rows[index].seed == 1 { rows[index].status = .diverged }
    }
    #expect(try choice(advice(rows))?.kind == .unstructured)
    let controls = Self.rows().map { row in
      var row = row
      if row.targetSparsity == 0.5 { row.control = "random-mask" }
      return row
    }
    #expect(try choice(advice(controls)) == nil)
  }
}
