import CoppiceTerms
import Synchronization

/// How long a run has still to go, from the steps it has made and from those of earlier runs. Steps of one kind of work at one
/// density take equally long. What earlier runs took counts like a few steps of this run, at the pace of this one. A density not met
/// yet is taken to be as fast as the nearest one of its kind. A kind not met yet is taken to be as fast as all steps so far.
package final class RunClock: Sendable {
  private struct Kind {
    let setting: Int
    let density: Double
    /// Steps that are still to be made.
    var open = 0
    /// Steps made, and the seconds they took with the evaluations between them.
    var made = 0
    var seconds = 0.0
    /// Seconds of a step in earlier runs; `nil` where none tells of such work.
    var earlier: Double?
    /// Seconds of a step, by what this run has made.
    var rate: Double? {
      guard made > 0 else { return nil }
      guard let earlier else { return seconds / Double(made) }
      return (seconds + RunClock.weight * earlier) / (Double(made) + RunClock.weight)
    }
  }

  private struct Place: Hashable {
    let setting: Int
    let density: Double
  }

  private struct State {
    var kinds: [Kind] = []
    /// Steps each running or waiting stage has still to make.
    var openSteps: [Int: Int] = [:]
    /// When each stage was last heard of.
    var heard: [Int: Double] = [:]
    var start = 0.0
  }

  /// Steps of this run that weigh as much as what earlier runs tell of a kind of work.
  private static let weight = 10.0
  /// Seconds of this run that weigh as much as the belief that all jobs have something to do.
  private static let settling = 2.0

  private let kindOfStage: [Int: Int]
  private let jobs: Int
  private let now: @Sendable () -> Double
  private let state: Mutex<State>

  /// A clock for some stages of a plan, by their places.
  ///
  /// - Parameters:
  ///   - history: what earlier runs of the plan took.
  ///   - now: gives seconds.
  package init(
    _ stages: [any Stage], toRun: [Int], jobs: Int, history: StageHistory = .none,
    now: @escaping @Sendable () -> Double = { [watch = Stopwatch()] in watch.elapsed }
  ) {
    var settings: [Specification: Int] = [:]
    var places: [Place: Int] = [:]
    var kindOfStage: [Int: Int] = [:]
    var state = State()
    for index in toRun {
      let work = stages[index].work
      guard let timing = work.kind, work.steps > 0 else { continue }
      let setting = settings[timing] ?? settings.count
      settings[timing] = setting
      let place = Place(setting: setting, density: work.density)
      let kind = places[place] ?? state.kinds.count
      if kind == state.kinds.count { state.kinds.append(Kind(setting: setting, density: work.density)) }
      places[place] = kind
      kindOfStage[index] = kind
      state.kinds[kind].open += work.steps
      state.openSteps[index] = work.steps
    }
    if !history.isEmpty {
      var earlier: [Place: (steps: Double, seconds: Double)] = [:]
      for stage in stages where stage.steps > 0 {
        let spent = history[stage]
        guard let setting = stage.work.kind.flatMap({ settings[$0] }), spent.steps > 0 else { continue }
        let place = Place(setting: setting, density: stage.work.density)
        earlier[place, default: (0, 0)].steps += Double(spent.steps)
        earlier[place, default: (0, 0)].seconds += spent.seconds
      }
      for index in state.kinds.indices { state.kinds[index].earlier = Self.rate(state.kinds[index], earlier) }
    }
    self.kindOfStage = kindOfStage
    self.jobs = max(1, jobs)
    self.now = now
    state.start = now()
    self.state = Mutex(state)
  }

  /// Seconds of a step in earlier runs at the density of a kind, or at the nearest one.
  private static func rate(_ kind: Kind, _ earlier: [Place: (steps: Double, seconds: Double)]) -> Double? {
    let nearest = earlier.filter { $0.key.setting == kind.setting }.min {
      // Of two as near, always the same.
      (abs($0.key.density - kind.density), $0.key.density) < (
        abs($1.key.density - kind.density), $1.key.density
      )
    }
    return nearest.map { $0.value.seconds / $0.value.steps }
  }

  /// A stage begins now.
  package func began(_ stage: Int) {
    let time = now()
    state.withLock { $0.heard[stage] = time }
  }

  /// A stage has made so many steps since it began or was last heard of; none where it has only been evaluated.
  package func made(_ steps: Int, by stage: Int) {
    guard let kind = kindOfStage[stage] else { return }
    let time = now()
    state.withLock { state in
      state.kinds[kind].made += steps
      state.kinds[kind].seconds += time - (state.heard.updateValue(time, forKey: stage) ?? time)
      let open = state.openSteps[stage] ?? 0
      state.kinds[kind].open -= min(steps, open)
      state.openSteps[stage] = max(0, open - steps)
    }
  }

  /// A stage will make no more steps: it is done, was partly done before, failed, or what it builds on did.
  package func ended(_ stage: Int) {
    guard let kind = kindOfStage[stage] else { return }
    state.withLock { $0.kinds[kind].open -= $0.openSteps.removeValue(forKey: stage) ?? 0 }
  }

  /// What remains by earlier runs alone, as long as this one has made no step; `nil` afterwards, and where none tells.
  package var foreseen: Double? { state.withLock { $0.kinds.allSatisfy { $0.made == 0 } } ? remaining : nil }

  /// Seconds from now until all steps are made; `nil` before the first ones are, where no earlier run tells.
  package var remaining: Double? {
    let time = now()
    return state.withLock { state in
      let seconds = state.kinds.reduce(0) { $0 + $1.seconds }
      let made = state.kinds.reduce(0) { $0 + $1.made }
      let known = state.kinds.filter { $0.earlier != nil }
      guard made > 0 && seconds > 0 || !known.isEmpty else { return nil }
      // How much slower this run is than earlier ones.
      let both = known.filter { $0.made > 0 }
      let before = both.reduce(0) { $0 + (Double($1.made) + Self.weight) * ($1.earlier ?? 0) }
      let pace =
        before > 0 ? both.reduce(0) { $0 + (Double($1.made) + Self.weight) * ($1.rate ?? 0) } / before : 1
      let average =
        made > 0 ? seconds / Double(made) : known.reduce(0) { $0 + ($1.earlier ?? 0) } / Double(known.count)
      let met = Dictionary(grouping: state.kinds.filter { $0.made > 0 }, by: \.setting)
      let left = state.kinds.filter { $0.open > 0 }.reduce(0) { sum, kind in
        let nearest = met[kind.setting]?.min {
          abs($0.density - kind.density) < abs($1.density - kind.density)
        }
        let rate = kind.rate ?? kind.earlier.map { $0 * pace } ?? nearest?.rate ?? average
        return sum + Double(kind.open) * rate
      }
      // Jobs share cores and wait for each other: how many there are in effect shows in what was done in the time there was.
      let settling = known.isEmpty ? 0 : Self.settling
      let sideBySide = (seconds + settling * Double(jobs)) / max(1e-9, time - state.start + settling)
      return left / min(Double(jobs), max(1, sideBySide))
    }
  }
}
