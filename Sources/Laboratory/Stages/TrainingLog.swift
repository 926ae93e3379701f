import CoppiceNetworks
import CoppiceStore
import CoppiceTerms

/// What a training writes down on its way: losses as means over windows of steps, evaluations, time, divergence.
struct TrainingLog {
  /// Points a series has at most.
  private static let mostPoints = 1_000

  private let window: Int
  private var sum = 0.0
  private var count = 0.0
  private var steps: [Int] = []
  private var losses: [Float] = []
  private var rates: [Float] = []
  var evaluations: [Evaluation] = []
  var wallTime = 0.0
  /// What was not finite, and where, for a training that diverged.
  var divergence: String?

  init(steps: Int) { window = max(1, (steps + Self.mostPoints - 1) / Self.mostPoints) }

  /// The log of a checkpoint.
  init(_ record: StageRecord, steps: Int) {
    self.init(steps: steps)
    self.steps = record.series.steps
    losses = record.series["loss"] ?? []
    rates = record.series["learning_rate"] ?? []
    evaluations = record.evaluations
    if let open = record[numbers: "window"], open.count == 2 { (sum, count) = (open[0], open[1]) }
    wallTime = record[numbers: "wall_time"]?.first ?? 0
  }

  /// Takes down the loss of a step, counted from 1.
  mutating func add(loss: Float, learningRate: Double, step: Int) {
    sum += Double(loss)
    count += 1
    guard step % window == 0 || !loss.isFinite else { return }
    steps.append(step)
    losses.append(Float(sum / count))
    rates.append(Float(learningRate))
    (sum, count) = (0, 0)
  }

  /// The outputs of a training that is over, or the state from which it goes on.
  func record(_ key: StageKey, _ state: TrainingState, isCheckpoint: Bool) -> StageRecord {
    var series = Series(steps: steps)
    series["loss"] = losses
    series["learning_rate"] = rates
    var record = StageRecord(
      key: key.hexadecimal, parameters: [("parameters", state.parameters), ("buffers", state.buffers)],
      numbers: [("step", [Double(state.step)]), ("wall_time", [wallTime])], series: series,
      evaluations: evaluations)
    if isCheckpoint {
      record.parameters.append(("moments", state.moments))
      record.numbers.append(("window", [sum, count]))
    }
    if let divergence { record.metadata = JSON.object([("divergence", .text(divergence))]) }
    return record
  }
}
