import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors

/// What a training writes down on its way: losses as means over windows of steps, sparsities where masks move, evaluations,
/// time, divergence.
struct TrainingLog {
  /// Points a series has at most.
  private static let mostPoints = 1_000

  private let window: Int
  private var sum = 0.0
  private var count = 0.0
  private var steps: [Int] = []
  private var losses: [Float] = []
  private var rates: [Float] = []
  private var sparsities: [Float] = []
  private var explorations: [Float] = []
  var evaluations: [Evaluation] = []
  var wallTime = 0.0
  /// The weights that have been active in any step, where those that were removed may come back; `nil` elsewhere.
  private(set) var explored: MaskSet?
  /// Their fraction, 0…1.
  private(set) var exploration: Double?
  /// How many of the weights removed on the way are ties.
  var ties = 0
  /// Floating-point operations of the steps so far.
  var flops = 0.0
  /// What came of the invariants so far.
  var invariants: [InvariantRecord] = []
  /// What was not finite, and where, for a training that diverged.
  var divergence: String?

  init(steps: Int) { window = max(1, (steps + Self.mostPoints - 1) / Self.mostPoints) }

  /// The log of a checkpoint.
  init(_ record: StageRecord, steps: Int) {
    self.init(steps: steps)
    self.steps = record.series.steps
    losses = record.series["loss"] ?? []
    rates = record.series["learning_rate"] ?? []
    sparsities = record.series["sparsity"] ?? []
    explorations = record.series["exploration"] ?? []
    explored = record[masks: "explored"]
    exploration = explored?.density
    evaluations = record.evaluations
    invariants = record.invariants
    if let open = record[numbers: "window"], open.count == 2 { (sum, count) = (open[0], open[1]) }
    wallTime = record[numbers: "wall_time"]?.first ?? 0
    ties = Int(exactly: record[numbers: "ties"]?.first ?? 0) ?? 0
    flops = record[numbers: "training_flops"]?.first ?? 0
  }

  /// Takes down the loss of a step, counted from 1, and the sparsity it was made at where masks move.
  mutating func add(loss: Float, learningRate: Double, sparsity: Double?, step: Int) {
    sum += Double(loss)
    count += 1
    guard step % window == 0 || !loss.isFinite else { return }
    steps.append(step)
    losses.append(Float(sum / count))
    rates.append(Float(learningRate))
    if let sparsity { sparsities.append(Float(sparsity)) }
    if let exploration { explorations.append(Float(exploration)) }
    (sum, count) = (0, 0)
  }

  /// Counts active weights among those that have ever been.
  mutating func explore(_ active: MaskSet) {
    let all = explored?.union(active) ?? active.counted
    (explored, exploration) = (all, all.density)
  }

  /// The outputs of a training that is over.
  func record(_ key: StageKey, step: Int, parameters: ParameterSet, _ buffers: ParameterSet) -> StageRecord {
    var series = Series(steps: steps)
    series["loss"] = losses
    series["learning_rate"] = rates
    if !sparsities.isEmpty { series["sparsity"] = sparsities }
    if !explorations.isEmpty { series["exploration"] = explorations }
    return StageRecord(
      key: key.hexadecimal,
      outcome: divergence.map(StageOutcome.diverged) ?? invariants.fault.map(StageOutcome.broken) ?? .made,
      parameters: [("parameters", parameters), ("buffers", buffers)],
      numbers: [("step", [Double(step)]), ("wall_time", [wallTime]), ("training_flops", [flops])],
      series: series,
      evaluations: evaluations, invariants: invariants.inOrder)
  }

  /// The state from which a training goes on, with its masks where they move.
  func checkpoint(_ key: StageKey, _ state: TrainingState, masks: DynamicMasks?) -> StageRecord {
    var record = record(key, step: state.step, parameters: state.parameters, state.buffers)
    record.parameters.append(("moments", state.moments))
    record.numbers.append(("window", [sum, count]))
    if let masks {
      record.masks = masks.sets + (explored.map { [("explored", $0)] } ?? [])
      record.numbers.append(("ties", [Double(ties)]))
    }
    return record
  }
}
