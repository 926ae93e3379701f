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
    /// One attention stays: without any, the class token of a vision transformer would see no image.
    private static let transformer: [Granularity] = [
      .neuron, .head, .head(coupling: Coupling()), .hiddenUnit, .embeddingWidth, .coupledUnit,
      .residualBranch, .residualBlock,
    ]

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

    private static func isLarge(_ one: Case) -> Bool {
      ["resnet-18", "resnet-50", "mobilenet-v2", "efficientnet-b0"].contains(one.model.name)
    }

    private static func isTransformer(_ one: Case) -> Bool { one.granularities.contains(.head) }

    @Test(arguments: cases.filter { !isLarge($0) && !isTransformer($0) })
    func networksOfSmallImages(one: Case) throws { try everyGranularityRuns(one) }

    @Test(arguments: cases.filter(isLarge)) func networksOfLargeImages(one: Case) throws {
      try everyGranularityRuns(one)
    }

    @Test(arguments: cases.filter(isTransformer)) func transformers(one: Case) throws {
      try everyGranularityRuns(one)
    }

    private func everyGranularityRuns(_ one: Case) throws {
      var trials: [Trial] = []
      for granularity in one.granularities {
        for criterion in Self.criteria {
          let trial = trial(one, granularity, criterion)
          if Self.particular.contains(criterion.name) {
            do { _ = try SweepPlan(trial) } catch {
              // Before anything is trained, and with a reason.
              #expect("\(error)".contains("; "), "\(granularity), \(criterion): \(error)")
              continue
            }
          }
          trials.append(trial)
        }
      }
      let cells = trials
      let plan = try SweepPlan(cells[0]) { SweepStep { _ in cells } }
      let bench = try Bench()
      try bench.run(plan)
      let tickets = plan.trials.filter { $0.trial.sparsity == 0.5 }
      #expect(tickets.count == trials.count)
      for ticket in tickets {
        let record = try bench.record(ticket, of: plan)
        let round = try #require(record.rounds.last)
        let about = Comment(
          rawValue:
            "\(ticket.trial.granularity), \(ticket.trial.criterion): \(record.status) \(round.invariants)")
        #expect(record.status == .completed && round.index == 1, about)
        #expect(round.invariants.contains { $0.name == "compacted-logits" && $0.isHeld }, about)
        #expect(!round.invariants.contains { !$0.isHeld }, about)
        #expect(round.row[metric: .parametersCompacted] < round.row[metric: .parameters], about)
        #expect((0...1e-4).contains(round.row[metric: .logitDifference]), about)
      }
    }

    /// Half of the criteria of normalisation scales would say nothing: that of channels runs where there are scales.
    @Test func scalesScoreWhereThereAreSome() throws {
      for one in Self.cases where ["vgg-16", "resnet", "resnet-50"].contains(one.model.name) {
        _ = try SweepPlan(trial(one, .channel, .networkSlimming))
        _ = try SweepPlan(trial(one, .channel, .meanActivation))
      }
    }

    /// A recipe leaves out blocks whatever their weights: what follows is trained on the shallower network.
    @Test func blocksAreLeftOutByARecipe() throws {
      let bench = try Bench()
      let recipe = Recipe([.train(), .leaveOut(["h.0"]), .compact(), .retrain(.fineTune(.iterations(1)))])
      #expect(try Recipe(parsing: recipe.specification.description) == recipe)
      let model = Model.encoder(width: 8, heads: 2, layers: 2, feedForward: 2)
      let plan = try SweepPlan(
        Trial.tiny.with {
          ($0.model, $0.dataset, $0.recipe) = (model, .tinySentences, recipe)
          ($0.training, $0.batchSize, $0.schedule, $0.retraining) = (.iterations(2), 10, .none, .none)
          $0.sparsity = nil
        })
      try bench.run(plan)
      let record = try bench.record(plan.ticket, of: plan)
      let round = try #require(record.rounds.last)
      #expect(record.status == .completed && record.rounds.count == 2)
      let shallow = try Network(
        .encoder(width: 8, heads: 2, layers: 1, feedForward: 2), plan.ticket.regimen.data.interface)
      let parameters = shallow.declarations.reduce(0) { $0 + $1.shape.count }
      #expect(round.row[metric: .parametersCompacted] == Double(parameters))
      #expect(round.row[metric: .flopsCompacted] < round.row[metric: .flops])
      #expect(abs(round.row.sparsity - round.row.requestedSparsity) < 1e-9 && round.row.sparsity > 0.4)
      #expect(round.invariants.contains { $0.name == "compacted-logits" && $0.isHeld })
      func refusal(_ steps: [RecipeStep]) -> String {
        do {
          _ = try SweepPlan(
            Trial.tiny.with { ($0.recipe, $0.schedule, $0.sparsity) = (Recipe(steps), .none, nil) })
          return ""
        } catch { return "\(error)" }
      }
      #expect(refusal([.train(), .leaveOut(["h.0"]), .retrain(.none)]).contains("mlp has no blocks"))
      #expect(
        refusal([.train(), .prune(sparsity: 0.5), .leaveOut(["h.0"]), .retrain(.none)])
          .contains("put it before every prune"))
    }
  }
}
