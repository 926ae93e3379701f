import CoppiceDatasets
import CoppiceLaboratory
import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors
import Testing

extension Running {
  /// Every granularity of units on every family of models that has it, by every kind of criterion: a step of training, a pruning, and a
  /// step on the smaller network, whose logits are those of the masked one with batch normalisation in evaluation and in training mode.
  @Suite struct GranularitySweepTests {
    struct Case: Sendable, CustomTestStringConvertible {
      let model: Model
      let dataset: DatasetSource
      let granularities: [Granularity]
      /// What gives classes: no unit of rows to go.
      var classes = "fc"
      var testDescription: String { model.name }
    }

    private static func images(_ side: Int, channels: Int = 3) -> DatasetSource {
      .gratings(side: side, channels: channels, classes: 3, training: 8, validation: 2, test: 2)
    }

    private static let all = Coupling(floor: 0)
    private static let branches: [Granularity] = [
      .residualBranch(coupling: all), .residualBlock(coupling: all),
    ]
    private static let perceptron: [Granularity] = [.neuron, .hiddenUnit, .coupledUnit]
    private static let filters: [Granularity] = [.filter, .channel, .coupledUnit]
    private static let transformer: [Granularity] =
      [.neuron, .head, .head(coupling: Coupling()), .hiddenUnit, .embeddingWidth, .coupledUnit] + branches

    static let cases: [Case] = [
      Case(model: .mlp([7, 6]), dataset: .tiny, granularities: perceptron, classes: "fc3"),
      Case(
        model: .lenet([3, 4], hidden: 6), dataset: images(16), granularities: filters + [.hiddenUnit],
        classes: "fc2"),
      Case(
        model: .conv([[3, 4], [4]], hidden: [6]), dataset: images(8), granularities: filters + [.hiddenUnit],
        classes: "fc2"),
      Case(
        model: .vgg16(width: 3, blocks: [1, 1, 2]), dataset: images(8), granularities: filters),
      Case(
        model: .resnet([4, 6], blocks: 2), dataset: images(8), granularities: filters + branches),
      Case(
        model: .resnet18(width: 3, blocks: [2, 1, 1, 1]), dataset: images(32),
        granularities: filters + branches),
      Case(
        model: .resnet50(width: 3, blocks: [2, 1, 1, 1]), dataset: images(32),
        granularities: filters + branches),
      Case(
        model: .mobileNetV2(width: 0.25, depth: 0.5, dropout: 0), dataset: images(32),
        granularities: filters + branches, classes: "classifier.1"),
      Case(
        model: .efficientNetB0(width: 0.25, depth: 0.5, dropout: 0), dataset: images(32),
        granularities: filters + branches, classes: "classifier.1"),
      Case(
        model: .denseNet(growth: 3, blocks: [2, 2]), dataset: images(8), granularities: filters,
        classes: "classifier"),
      Case(
        model: .vit(width: 8, heads: 2, layers: 2, patch: 4), dataset: images(8), granularities: transformer,
        classes: "classifier"),
      Case(
        model: .encoder(width: 8, heads: 2, layers: 2, feedForward: 2), dataset: .tinySentences,
        granularities: transformer),
      Case(
        model: .causalTransformer(width: 8, heads: 2, layers: 2, feedForward: 2), dataset: .tinyInduction,
        granularities: transformer, classes: "lm_head"),
      Case(
        model: .bert(width: 8, heads: 2, layers: 2, feedForward: 2, positions: 8, dropout: 0),
        dataset: .tinySentences, granularities: transformer, classes: "classifier"),
      Case(
        model: .distilBERT(width: 8, heads: 2, layers: 2, feedForward: 2, positions: 8, dropout: 0),
        dataset: .tinySentences, granularities: transformer, classes: "classifier"),
    ]

    /// Magnitude, gradient, activation, random, second order, normalisation scale; the activations of whole rows beside.
    static let criteria: [Criterion] = [
      .magnitude, .taylor, .wanda, .random, .fisher, .networkSlimming, .meanActivation,
    ]

    /// Those that not every network or unit has scores for.
    private static let particular: Set = ["network-slimming", "mean-activation"]

    private func trial(_ one: Case, _ granularity: Granularity, _ criterion: Criterion) -> Trial {
      var trial = Trial(
        model: one.model, dataset: one.dataset, optimizer: .adam(), learningRate: .constant(0.002),
        batchSize: 4, training: .iterations(1), evaluation: .iterations(1), criterion: criterion,
        granularity: granularity, sparsity: 0.5, retraining: .fineTune(.iterations(1)), scoringBatch: 4)
      trial.compaction = .afterPruning
      // Rows alone: of every layer half, but of what gives classes.
      if granularity == .neuron { trial.allocation = .layerWise(ignoring: [one.classes]) }
      return trial
    }

    @Test(arguments: cases) func everyGranularityRunsWithEveryCriterion(one: Case) throws {
      let bench = try Bench()
      for granularity in one.granularities {
        var ran: [String] = []
        for criterion in Self.criteria {
          let plan: SweepPlan
          do { plan = try SweepPlan(trial(one, granularity, criterion)) } catch {
            // Before anything is trained, and with a reason.
            #expect(
              Self.particular.contains(criterion.name) && "\(error)".contains("; "),
              "\(granularity), \(criterion): \(error)")
            continue
          }
          try bench.run(plan, isForced: true)
          let record = try bench.record(plan.ticket, of: plan)
          let round = try #require(record.rounds.last)
          let about = Comment(rawValue: "\(granularity), \(criterion): \(record.status) \(round.invariants)")
          #expect(record.status == .completed && round.index == 1, about)
          #expect(round.invariants.contains { $0.name == "compacted-logits" && $0.isHeld }, about)
          #expect(!round.invariants.contains { !$0.isHeld }, about)
          #expect(round.row[metric: .parametersCompacted] < round.row[metric: .parameters], about)
          #expect((0...1e-4).contains(round.row[metric: .logitDifference]), about)
          ran.append(criterion.name)
        }
        #expect(ran.starts(with: ["magnitude", "taylor", "wanda", "random", "fisher"]), "\(granularity)")
      }
    }

    /// Half of the criteria of normalisation scales would say nothing: that of channels runs where there are scales.
    @Test func scalesScoreWhereThereAreSome() throws {
      for one in Self.cases where ["vgg-16", "resnet", "resnet-50"].contains(one.model.name) {
        _ = try SweepPlan(trial(one, .channel, .networkSlimming))
        _ = try SweepPlan(trial(one, .channel, .meanActivation))
      }
    }
  }
}
