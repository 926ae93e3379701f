import CoppiceDatasets
import CoppiceLaboratory
import CoppiceNetworks
import CoppicePruning
import CoppiceTerms
import CoppiceTestSupport
import Testing

/// Every number of every component and setting, at values that no number of its kind should have: a sweep with one of them is planned
/// or refused by an error that the shell knows. It never traps.
@Suite struct ExtremeNumbersTests {
  /// How a number is written in Swift.
  enum Spelling: Sendable {
    case whole(@Sendable (inout Trial, Int) -> Void)
    /// One of examples, of which many take long to draw.
    case amount(@Sendable (inout Trial, Int) -> Void)
    case number(@Sendable (inout Trial, Double) -> Void)
    case budget(@Sendable (inout Trial, Budget) -> Void)

    /// Trials with extreme values.
    var trials: [(text: String, trial: Trial)] {
      switch self {
      case .whole(let set):
        ExtremeNumbersTests.wholes.map { value in ("\(value)", Trial.tiny.with { set(&$0, value) }) }
      case .amount(let set):
        ExtremeNumbersTests.wholes.filter { $0 < 2 || $0 > 10_000_000 }.map { value in
          ("\(value)", Trial.tiny.with { set(&$0, value) })
        }
      case .number(let set):
        ExtremeNumbersTests.numbers.map { value in ("\(value)", Trial.tiny.with { set(&$0, value) }) }
      case .budget(let set):
        ExtremeNumbersTests.budgets.map { value in ("\(value)", Trial.tiny.with { set(&$0, value) }) }
      }
    }
  }

  static let wholes = [0, -1, 1, 65_536, .max, .min]
  static let numbers = [0, -0.0, -1, 1, 2, 1e300, -1e300, 5e-324, .infinity, -.infinity, .nan]
  static let budgets: [Budget] =
    [0, -1, 1_000_000_000_000, .max, .min].map { .iterations($0) }
    + [0, -1, 1e9, 1e300, .infinity, .nan].map { .epochs($0) }
    + [0, 1, -1, 2, .infinity, .nan].map { .share($0) }

  private static func bytes(_ trial: inout Trial, _ target: CostTarget) {
    (trial.granularity, trial.target, trial.sparsity) = (.hiddenUnit, target, nil)
  }

  private static func behindPruning(_ trial: inout Trial, _ step: RecipeStep) {
    trial.recipe = Recipe([.train(), .prune(sparsity: 0.5), step])
  }

  private static func teacher(_ change: (inout Teacher) -> Void) -> DatasetSource {
    var teacher = Teacher()
    (teacher.training, teacher.validation, teacher.test) = (40, 10, 10)
    change(&teacher)
    return .teacher(teacher)
  }

  /// Every number of what is shipped, in Swift.
  static let spellings: [(name: String, spelling: Spelling)] =
    models + [
      ("clipping", .number { $0.clipping = $1 }), ("batch-size", .whole { $0.batchSize = $1 }),
      ("sparsity", .number { $0.sparsity = $1 }), ("rounds", .whole { $0.rounds = [$1] }),
      ("scoring-batch", .whole { ($0.scoringBatch, $0.criterion) = ($1, .taylor) }),
      ("scoring-batches", .whole { ($0.scoringBatches, $0.criterion) = ($1, .taylor) }),
      ("seed", .whole { $0.seed = $1 }), ("data-order", .whole { $0.dataOrder = DataOrder($1) }),
      ("data-order.start", .budget { $0.dataOrder = DataOrder(1, from: $1) }),
      ("measure latency.threads", .whole { $0.measurement = .latency(threads: $1) }),
      ("training", .budget { $0.training = $1 }),
      ("evaluation", .budget { $0.evaluation = $1 }),
      (
        "initializer truncated-normal.deviation", .number { $0.initializer = .truncatedNormal(deviation: $1) }
      ),
      ("model's initializer", .number { $0.model = .mlp([4], initializer: .truncatedNormal(deviation: $1)) }),
      ("dataset glyphs.training", .amount { $0.dataset = .glyphs(training: $1, validation: 5, test: 5) }),
      ("dataset glyphs.validation", .amount { $0.dataset = .glyphs(training: 40, validation: $1, test: 5) }),
      ("dataset glyphs.test", .amount { $0.dataset = .glyphs(training: 40, validation: 5, test: $1) }),
      (
        "dataset glyphs.difficulty",
        .number { $0.dataset = .glyphs(training: 40, validation: 5, test: 5, difficulty: $1) }
      ),
      (
        "dataset glyphs.generator-seed",
        .amount {
          $0.dataset = .glyphs(
            training: 40, validation: 5, test: 5, generatorSeed: UInt64(bitPattern: Int64($1)))
        }
      ),
      (
        "dataset glyphs.padding",
        .amount {
          $0.dataset = .glyphs(training: 40, validation: 5, test: 5, augmentation: Augmentation(padding: $1))
        }
      ),
      (
        "dataset induction.vocabulary",
        .amount { $0.dataset = .induction(vocabulary: $1, training: 40, test: 5) }
      ),
      (
        "dataset induction.length",
        .amount { $0.dataset = .induction(length: $1, training: 40, validation: 0, test: 5) }
      ),
      ("dataset induction.training", .amount { $0.dataset = .induction(training: $1, test: 5) }),
      (
        "dataset induction.validation",
        .amount { $0.dataset = .induction(training: 40, validation: $1, test: 5) }
      ),
      ("dataset induction.test", .amount { $0.dataset = .induction(training: 40, validation: 5, test: $1) }),
      (
        "dataset induction.generator-seed",
        .amount {
          $0.dataset = .induction(training: 40, validation: 5, generatorSeed: UInt64(bitPattern: Int64($1)))
        }
      ),
      (
        "dataset teacher.features",
        .amount { value, number in value.dataset = teacher { $0.features = number } }
      ),
      ("dataset teacher.hidden", .amount { value, number in value.dataset = teacher { $0.hidden = number } }),
      (
        "dataset teacher.classes",
        .amount { value, number in value.dataset = teacher { $0.classes = number } }
      ),
      (
        "dataset teacher.density",
        .number { value, number in value.dataset = teacher { $0.density = number } }
      ),
      (
        "dataset teacher.training",
        .amount { value, number in value.dataset = teacher { $0.training = number } }
      ),
      (
        "dataset teacher.validation",
        .amount { value, number in value.dataset = teacher { $0.validation = number } }
      ),
      ("dataset teacher.test", .amount { value, number in value.dataset = teacher { $0.test = number } }),
      (
        "dataset teacher.generator-seed",
        .amount { value, number in
          value.dataset = teacher { $0.generatorSeed = UInt64(bitPattern: Int64(number)) }
        }
      ),
      ("dataset mnist.validation", .amount { $0.dataset = .mnist(validation: $1) }),
      (
        "dataset mnist.scaling",
        .number { $0.dataset = .mnist(scaling: .standardised(mean: [$1], standardDeviation: [$1])) }
      ),
      ("dataset fashion-mnist.validation", .amount { $0.dataset = .fashionMNIST(validation: $1) }),
      ("dataset cifar-10.validation", .amount { $0.dataset = .cifar10(validation: $1) }),
      ("dataset sst-2.length", .amount { $0.dataset = .sst2(length: $1) }),
      ("dataset sst-2.minimum-count", .amount { $0.dataset = .sst2(minimumCount: $1) }),
      ("dataset sst-2.validation", .amount { $0.dataset = .sst2(validation: $1) }),
      ("dataset tiny-shakespeare.length", .amount { $0.dataset = .tinyShakespeare(length: $1) }),
      ("dataset tiny-shakespeare.validation", .amount { $0.dataset = .tinyShakespeare(validation: $1) }),
      ("optimizer sgd.momentum", .number { $0.optimizer = .sgd(momentum: $1) }),
      ("optimizer sgd.weight-decay", .number { $0.optimizer = .sgd(weightDecay: $1) }),
      ("optimizer adam.beta1", .number { $0.optimizer = .adam(beta1: $1) }),
      ("optimizer adam.beta2", .number { $0.optimizer = .adam(beta2: $1) }),
      ("optimizer adam.epsilon", .number { $0.optimizer = .adam(epsilon: $1) }),
      ("optimizer adam.weight-decay", .number { $0.optimizer = .adam(weightDecay: $1) }),
      ("optimizer adamw.beta1", .number { $0.optimizer = .adamW(beta1: $1) }),
      ("optimizer adamw.beta2", .number { $0.optimizer = .adamW(beta2: $1) }),
      ("optimizer adamw.epsilon", .number { $0.optimizer = .adamW(epsilon: $1) }),
      ("optimizer adamw.weight-decay", .number { $0.optimizer = .adamW(weightDecay: $1) }),
      ("learning-rate constant.rate", .number { $0.learningRate = .constant($1) }),
      ("learning-rate steps.rate", .number { $0.learningRate = .steps($1, at: [0.5]) }),
      ("learning-rate steps.points", .number { $0.learningRate = .steps(0.1, at: [$1]) }),
      ("learning-rate steps.factor", .number { $0.learningRate = .steps(0.1, at: [0.5], factor: $1) }),
      ("learning-rate cosine.rate", .number { $0.learningRate = .cosine($1) }),
      ("learning-rate cosine.floor", .number { $0.learningRate = .cosine(0.1, floor: $1) }),
      ("learning-rate warm-up.steps", .whole { $0.learningRate = .constant(0.1).warmedUp(steps: $1) }),
      ("learning rate behind a warm-up", .number { $0.learningRate = .constant($1).warmedUp(steps: 3) }),
      ("loss label-smoothing.share", .number { $0.loss = .labelSmoothing(share: $1) }),
      ("loss distillation.temperature", .number { $0.loss = .distillation(temperature: $1) }),
      ("loss distillation.weight", .number { $0.loss = .distillation(weight: $1) }),
      ("loss feature-matching.weight", .number { $0.loss = .featureMatching(weight: $1) }),
      ("allocation layer-wise.output", .number { $0.allocation = .layerWise(output: $1) }),
      ("allocation layer-wise.rates", .number { $0.allocation = .layerWise(rates: ["fc1": $1]) }),
      ("allocation row-wise.output", .number { $0.allocation = .rowWise(output: $1) }),
      ("allocation row-wise.rates", .number { $0.allocation = .rowWise(rates: ["fc1": $1]) }),
      ("target units.share", .number { ($0.target, $0.sparsity) = (.units($1), nil) }),
      ("target units.at-most", .number { ($0.target, $0.sparsity) = (.units(atMost: $1), nil) }),
      ("target parameters.share", .number { ($0.target, $0.sparsity) = (.parameters($1), nil) }),
      ("target parameters.at-most", .number { ($0.target, $0.sparsity) = (.parameters(atMost: $1), nil) }),
      ("target flops.share", .number { ($0.target, $0.sparsity) = (.flops($1), nil) }),
      ("target flops.at-most", .number { ($0.target, $0.sparsity) = (.flops(atMost: $1), nil) }),
      ("target bytes.share", .number { bytes(&$0, .bytes($1)) }),
      ("target bytes.at-most", .number { bytes(&$0, .bytes(atMost: $1)) }),
      ("target memory.share", .number { bytes(&$0, .memory($1)) }),
      ("target memory.at-most", .number { bytes(&$0, .memory(atMost: $1)) }),
      ("target memory.batch", .amount { bytes(&$0, .memory(0.5, batch: $1)) }),
      ("target latency.share", .number { bytes(&$0, .latency($1, table: "0123456f")) }),
      ("target latency.at-most", .number { bytes(&$0, .latency(atMost: $1, table: "0123456f")) }),
      ("target latency.batch", .amount { bytes(&$0, .latency(0.5, batch: $1, table: "0123456f")) }),
      ("allocation budget.floor-density", .number { $0.allocation = .budget(floor: .density($1)) }),
      ("allocation budget.floor-count", .whole { $0.allocation = .budget(floor: .count($1)) }),
      ("allocation owl.multiple", .number { $0.allocation = .owl(multiple: $1) }),
      ("allocation owl.spread", .number { $0.allocation = .owl(spread: $1) }),
      ("allocation global.floor-density", .number { $0.allocation = .global(floor: .density($1)) }),
      ("allocation global.floor-count", .whole { $0.allocation = .global(floor: .count($1)) }),
      ("granularity block.rows", .whole { $0.granularity = .block(rows: $1, columns: 2) }),
      ("granularity block.columns", .whole { $0.granularity = .block(rows: 2, columns: $1) }),
      ("granularity one-by-n.outputs", .whole { $0.granularity = .oneByN(outputs: $1) }),
      ("granularity n-of-m.keep", .whole { $0.granularity = .nOfM(keep: $1, of: 4) }),
      ("granularity n-of-m.of", .whole { $0.granularity = .nOfM(keep: 1, of: $1) }),
      ("criterion snip.rounds", .whole { $0.criterion = .snip(rounds: $1) }),
      ("criterion synflow.rounds", .whole { $0.criterion = .synflow(rounds: $1) }),
      ("criterion grasp.temperature", .number { $0.criterion = .grasp(temperature: $1) }),
      ("criterion wood-fisher.block", .whole { $0.criterion = .woodFisher(block: $1) }),
      ("criterion wood-fisher.damping", .number { $0.criterion = .woodFisher(damping: $1) }),
      (
        "criterion sparse-gpt.block",
        .whole { ($0.criterion, $0.allocation) = (.sparseGPT(block: $1), .layerWise) }
      ),
      (
        "criterion sparse-gpt.damping",
        .number { ($0.criterion, $0.allocation) = (.sparseGPT(damping: $1), .layerWise) }
      ),
      (
        "criterion chita.damping",
        .number { ($0.criterion, $0.allocation) = (.chita(damping: $1), .layerWise) }
      ),
      (
        "criterion chita.iterations",
        .whole { ($0.criterion, $0.allocation) = (.chita(iterations: $1), .layerWise) }
      ),
      (
        "criterion relevance.epsilon",
        .number { ($0.criterion, $0.granularity) = (.relevance(epsilon: $1), .neuron) }
      ),
      (
        "criterion relevance.alpha",
        .number { ($0.criterion, $0.granularity) = (.relevance(alpha: $1), .neuron) }
      ),
      ("schedule one-shot.to-round", .whole { ($0.schedule, $0.sparsity) = (.oneShot(toRound: $1), nil) }),
      (
        "schedule one-shot.rate",
        .number { ($0.schedule, $0.sparsity) = (.oneShot(toRound: 2, rate: $1), nil) }
      ),
      ("schedule iterative.rounds", .whole { $0.schedule = .iterative(rounds: $1) }),
      (
        "schedule lottery-ticket.rounds",
        .whole { ($0.schedule, $0.sparsity) = (.lotteryTicket(rounds: $1), nil) }
      ),
      (
        "schedule lottery-ticket.rate",
        .number { ($0.schedule, $0.sparsity) = (.lotteryTicket(rounds: 2, rate: $1), nil) }
      ),
      ("schedule at-initialisation.rounds", .whole { $0.schedule = .atInitialisation(rounds: $1) }),
      ("retraining fine-tune.budget", .budget { $0.retraining = .fineTune($1) }),
      (
        "retraining fine-tune.budget of many rounds",
        .budget { ($0.schedule, $0.retraining) = (.iterative(rounds: 30), .fineTune($1)) }
      ),
      ("retraining rewind.to", .budget { $0.retraining = .rewind(to: $1) }),
      ("retraining learning-rate-rewind.to", .budget { $0.retraining = .learningRateRewind(to: $1) }),
      ("dynamics gradual.from", .budget { ($0.schedule, $0.dynamics) = (.none, .gradual(from: $1)) }),
      ("dynamics gradual.to", .budget { ($0.schedule, $0.dynamics) = (.none, .gradual(to: $1)) }),
      ("dynamics gradual.every", .budget { ($0.schedule, $0.dynamics) = (.none, .gradual(every: $1)) }),
      ("dynamics set.drop", .number { ($0.schedule, $0.dynamics) = (.none, .set(drop: .constant($1))) }),
      ("dynamics set.every", .budget { ($0.schedule, $0.dynamics) = (.none, .set(every: $1)) }),
      ("dynamics set.to", .budget { ($0.schedule, $0.dynamics) = (.none, .set(to: $1)) }),
      ("dynamics rigl.drop", .number { ($0.schedule, $0.dynamics) = (.none, .rigl(drop: .constant($1))) }),
      ("dynamics rigl.every", .budget { ($0.schedule, $0.dynamics) = (.none, .rigl(every: $1)) }),
      ("dynamics rigl.to", .budget { ($0.schedule, $0.dynamics) = (.none, .rigl(to: $1)) }),
      ("dynamics srigl.drop", .number { ($0.schedule, $0.dynamics) = (.none, .srigl(drop: .constant($1))) }),
      ("dynamics srigl.every", .budget { ($0.schedule, $0.dynamics) = (.none, .srigl(every: $1)) }),
      ("dynamics srigl.to", .budget { ($0.schedule, $0.dynamics) = (.none, .srigl(to: $1)) }),
      ("dynamics srigl.ablation", .number { ($0.schedule, $0.dynamics) = (.none, .srigl(ablation: $1)) }),
      ("dynamics granet.drop", .number { ($0.schedule, $0.dynamics) = (.none, .granet(drop: .linear($1))) }),
      ("dynamics granet.from", .budget { ($0.schedule, $0.dynamics) = (.none, .granet(from: $1)) }),
      ("dynamics granet.to", .budget { ($0.schedule, $0.dynamics) = (.none, .granet(to: $1)) }),
      ("dynamics granet.every", .budget { ($0.schedule, $0.dynamics) = (.none, .granet(every: $1)) }),
      (
        "dynamics top-kast.backward", .number { ($0.schedule, $0.dynamics) = (.none, .topKAST(backward: $1)) }
      ),
      ("dynamics top-kast.every", .budget { ($0.schedule, $0.dynamics) = (.none, .topKAST(every: $1)) }),
      ("dynamics top-kast.to", .budget { ($0.schedule, $0.dynamics) = (.none, .topKAST(to: $1)) }),
      ("dynamics ac-dc.from", .budget { ($0.schedule, $0.dynamics) = (.none, .acDC(from: $1)) }),
      ("dynamics ac-dc.to", .budget { ($0.schedule, $0.dynamics) = (.none, .acDC(to: $1)) }),
      ("dynamics ac-dc.every", .budget { ($0.schedule, $0.dynamics) = (.none, .acDC(every: $1)) }),
      (
        "dynamics soft-filter.every",
        .budget { ($0.granularity, $0.schedule, $0.dynamics) = (.neuron, .none, .softFilter(every: $1)) }
      ),
      (
        "dynamics soft-filter.to",
        .budget { ($0.granularity, $0.schedule, $0.dynamics) = (.neuron, .none, .softFilter(to: $1)) }
      ),
      (
        "learned-mask bernoulli.rate",
        .number { ($0.schedule, $0.learnedMask) = (.none, .bernoulli(rate: $1)) }
      ),
      (
        "learned-mask continuous-sparsification.penalty",
        .number { ($0.schedule, $0.learnedMask) = (.none, .continuousSparsification(penalty: $1)) }
      ),
      (
        "learned-mask continuous-sparsification.start",
        .number { ($0.schedule, $0.learnedMask) = (.none, .continuousSparsification(start: $1)) }
      ),
      (
        "learned-mask continuous-sparsification.temperature",
        .number { ($0.schedule, $0.learnedMask) = (.none, .continuousSparsification(temperature: $1)) }
      ),
      (
        "learned-mask continuous-sparsification.rate",
        .number { ($0.schedule, $0.learnedMask) = (.none, .continuousSparsification(rate: $1)) }
      ),
      (
        "learned-mask edge-popup.rate",
        .number { ($0.schedule, $0.learnedMask) = (.none, .edgePopup(rate: $1)) }
      ),
      (
        "learned-mask hard-concrete.penalty",
        .number { ($0.schedule, $0.learnedMask) = (.none, .hardConcrete(penalty: $1)) }
      ),
      (
        "learned-mask hard-concrete.start",
        .number { ($0.schedule, $0.learnedMask) = (.none, .hardConcrete(start: $1)) }
      ),
      (
        "learned-mask hard-concrete.rate",
        .number { ($0.schedule, $0.learnedMask) = (.none, .hardConcrete(rate: $1)) }
      ),
      (
        "learned-mask movement.from", .budget { ($0.schedule, $0.learnedMask) = (.none, .movement(from: $1)) }
      ),
      ("learned-mask movement.to", .budget { ($0.schedule, $0.learnedMask) = (.none, .movement(to: $1)) }),
      (
        "learned-mask movement.rate", .number { ($0.schedule, $0.learnedMask) = (.none, .movement(rate: $1)) }
      ),
      (
        "learned-mask soft-movement.threshold",
        .number { ($0.schedule, $0.learnedMask) = (.none, .softMovement(threshold: $1)) }
      ),
      (
        "learned-mask soft-movement.penalty",
        .number { ($0.schedule, $0.learnedMask) = (.none, .softMovement(penalty: $1)) }
      ),
      (
        "learned-mask soft-movement.from",
        .budget { ($0.schedule, $0.learnedMask) = (.none, .softMovement(from: $1)) }
      ),
      (
        "learned-mask soft-movement.to",
        .budget { ($0.schedule, $0.learnedMask) = (.none, .softMovement(to: $1)) }
      ),
      (
        "learned-mask soft-movement.rate",
        .number { ($0.schedule, $0.learnedMask) = (.none, .softMovement(rate: $1)) }
      ),
      ("learned-mask proximal.l1", .number { ($0.schedule, $0.learnedMask) = (.none, .proximal(l1: $1)) }),
      (
        "learned-mask proximal.group",
        .number { ($0.schedule, $0.learnedMask) = (.none, .proximal(group: $1)) }
      ),
      (
        "learned-mask slimming.penalty",
        .number { ($0.schedule, $0.learnedMask) = (.none, .slimming(penalty: $1)) }
      ),
      (
        "learned-mask soft-threshold.start",
        .number { ($0.schedule, $0.learnedMask) = (.none, .softThreshold(start: $1)) }
      ),
      (
        "learned-mask soft-threshold.decay",
        .number { ($0.schedule, $0.learnedMask) = (.none, .softThreshold(decay: $1)) }
      ),
      (
        "learned-mask soft-threshold.rate",
        .number { ($0.schedule, $0.learnedMask) = (.none, .softThreshold(rate: $1)) }
      ),
      (
        "repair bias-correction.batches",
        .whole { ($0.retraining, $0.repair) = (.fineTune(), .biasCorrection(batches: $1)) }
      ),
      (
        "repair least-squares.batches",
        .whole { ($0.retraining, $0.repair) = (.fineTune(), .leastSquares(batches: $1)) }
      ),
      (
        "repair least-squares.ridge",
        .number { ($0.retraining, $0.repair) = (.fineTune(), .leastSquares(ridge: $1)) }
      ),
      (
        "repair recalibrate.batches",
        .whole { ($0.retraining, $0.repair) = (.fineTune(), .recalibrate(batches: $1)) }
      ),
      ("stop plateau.evaluations", .whole { $0.stop = .plateau(evaluations: $1) }),
      ("stop plateau.gain", .number { $0.stop = .plateau(gain: $1) }),
      (
        "stop drop.tolerance",
        .number { ($0.stop, $0.schedule) = (.drop(tolerance: $1), .iterative(rounds: 2)) }
      ),
      ("stop early-bird.every", .budget { $0.stop = .earlyBird(every: $1, memory: 1) }),
      ("stop early-bird.memory", .whole { $0.stop = .earlyBird(every: .iterations(1), memory: $1) }),
      ("stop early-bird.epsilon", .number { $0.stop = .earlyBird(every: .iterations(2), epsilon: $1) }),
      (
        "recipe prune.sparsity", .number { $0.recipe = Recipe([.train(), .prune(sparsity: $1), .retrain()]) }
      ),
      ("recipe prune.rate", .number { $0.recipe = Recipe([.train(), .prune(rate: $1), .retrain()]) }),
      (
        "recipe train.until",
        .budget { $0.recipe = Recipe([.train(until: $1), .prune(sparsity: 0.5), .retrain()]) }
      ),
      ("recipe adapt.rank", .whole { behindPruning(&$0, .adapt(rank: $1, .fineTune(.iterations(2)))) }),
      ("recipe average.copies", .whole { behindPruning(&$0, .average(copies: $1)) }),
      ("recipe average.batches", .whole { behindPruning(&$0, .average(copies: 2, batches: $1)) }),
      (
        "recipe factorise.flops",
        .number { $0.recipe = Recipe([.train(), .factorise(flops: $1), .retrain(.none)]) }
      ),
      (
        "recipe factorise.rank",
        .whole { $0.recipe = Recipe([.train(), .factorise(rank: $1), .retrain(.none)]) }
      ),
      (
        "recipe distil's loss",
        .number { behindPruning(&$0, .distil(.distillation(temperature: $1))) }
      ),
      (
        "recipe retrain.with",
        .budget { $0.recipe = Recipe([.train(), .prune(sparsity: 0.5), .retrain(.fineTune($1))]) }
      ),
      ("recipe quantise.bits", .whole { $0.recipe = Recipe([.train(), .quantise(bits: $1)]) }),
      (
        "recipe quantise.aware", .number { $0.recipe = Recipe([.train(), .quantise(aware: $1), .retrain()]) }
      ),
      (
        "calibration min-max.batches",
        .whole { $0.recipe = Recipe([.train(), .quantise(calibration: .minMax(batches: $1))]) }
      ),
      (
        "calibration percentile.batches",
        .whole { $0.recipe = Recipe([.train(), .quantise(calibration: .percentile(batches: $1))]) }
      ),
      (
        "calibration percentile.share",
        .number { $0.recipe = Recipe([.train(), .quantise(calibration: .percentile($1))]) }
      ),
      (
        "calibration mse.batches",
        .whole { $0.recipe = Recipe([.train(), .quantise(calibration: .meanSquaredError(batches: $1))]) }
      ),
    ]

  /// Plans a sweep with everything that a plan asks for, short of timing steps. It gives the error's sentence.
  private static func outcome(_ trial: Trial) -> (isPlanned: Bool, sentence: String) {
    MemoryLimit.$bound.withValue(MemoryLimit(bytes: 4_000_000_000, origin: "this test has")) {
      do {
        let plan = try SweepPlan(trial)
        _ = (try plan.cost(), plan.remarks, plan.width, plan.memory(jobs: 1_024))
        return (true, "")
      } catch {
        let isTold =
          (error as? any ReportedError).map { [.usage, .inputMissing].contains($0.exitCode) } ?? false
        return (false, isTold ? "\(error)" : "")
      }
    }
  }

  @Test(arguments: spellings.map(\.name))
  func planOrRefuse(name: String) throws {
    let spelling = try #require(Self.spellings.first { $0.name == name }).spelling
    for (text, trial) in spelling.trials {
      let (isPlanned, sentence) = Self.outcome(trial)
      #expect(isPlanned || !sentence.isEmpty, "\(text)")
      if text == "nan" || text == "nanep" || text == "inf" {
        #expect(!isPlanned && sentence.contains(text), "\(text) is named: \(sentence)")
      }
    }
  }

  /// What Swift refuses text refuses too, and in the same words, and the other way round.
  @Test(arguments: spellings.map(\.name))
  func textIsRefusedAlike(name: String) throws {
    let spelling = try #require(Self.spellings.first { $0.name == name }).spelling
    for (text, trial) in spelling.trials {
      let swift = message { for setting in Settings.all { try setting.check(trial) } }
      let written = message {
        var read = Trial.tiny
        for setting in Settings.all { try setting.set(&read, setting.value(trial).description) }
      }
      #expect(swift.isEmpty == written.isEmpty, "\(text): \(swift) | \(written)")
      #expect(swift.hasSuffix(written.split(separator: ": ").last ?? ""), "\(text): \(swift) | \(written)")
    }
  }

  /// The table has every field of every shipped component that is a number.
  @Test func theTableIsWhole() {
    let names = Set(Self.spellings.map(\.name) + AnalysisNumbersTests.spellings.map(\.name))
    var missing: [String] = []
    func look<Element: Catalogued>(_ setting: String, _ kind: Element.Type) {
      for component in Element.catalogue.shipped.map(\.component) {
        for field in component.specification.fields where field.value.isNumeric {
          let name = "\(setting) \(component.name).\(field.name)"
          if !names.contains(name) { missing.append(name) }
        }
      }
    }
    look("model", Model.self)
    look("initializer", Initializer.self)
    look("dataset", DatasetSource.self)
    look("optimizer", Optimizer.self)
    look("learning-rate", LearningRate.self)
    look("loss", Loss.self)
    look("criterion", Criterion.self)
    look("granularity", Granularity.self)
    look("allocation", Allocation.self)
    look("schedule", Schedule.self)
    look("retraining", Retraining.self)
    look("control", Control.self)
    look("dynamics", Dynamics.self)
    look("learned-mask", LearnedMask.self)
    look("repair", Repair.self)
    look("target", CostTarget.self)
    look("retraining-rate", RetrainingRate.self)
    look("stop", StopRule.self)
    look("recipe", RecipeStep.self)
    look("calibration", Calibration.self)
    look("measure", RoundMeasurement.self)
    look("analysis", Analysis.self)
    let settings = Settings.all.filter { $0.value(Trial.tiny).isNumeric && !names.contains($0.name) }
    #expect(missing.isEmpty && settings.isEmpty, "\(missing) \(settings.map(\.name))")
  }
}

extension Specification.Value {
  /// Whether it is a number, an amount of training, or a list of such.
  fileprivate var isNumeric: Bool {
    switch self {
    case .integer, .number: true
    case .text(let text): (try? Budget(parsing: text)) != nil
    case .list(let values): values.contains { $0.isNumeric }
    default: false
    }
  }
}
