import CoppiceTerms
import Synchronization

/// How long a run has still to go, from the steps it has made. Steps of one kind of work at one density take equally long. A
/// density not met yet is taken to be as fast as the nearest one of its kind. A kind not met yet is taken to be as fast as all
/// steps so far.
package final class RunClock: Sendable {
  private struct Kind {
    let setting: Int
    let density: Double
    /// Steps that are still to be made.
    var open = 0
    /// Steps made, and the seconds they took with the evaluations between them.
    var made = 0
    var seconds = 0.0
    var rate: Double? { made > 0 ? seconds / Double(made) : nil }
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

  private let kindOfStage: [Int: Int]
  private let jobs: Int
  private let now: @Sendable () -> Double
  private let state: Mutex<State>

  /// A clock for some stages of a plan, by their places; `now` gives seconds.
  package init(
    _ stages: [any Stage], toRun: [Int], jobs: Int,
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
    self.kindOfStage = kindOfStage
    self.jobs = max(1, jobs)
    self.now = now
    state.start = now()
    self.state = Mutex(state)
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

  /// Seconds from now until all steps are made; `nil` before the first ones are.
  package var remaining: Double? {
    let time = now()
    return state.withLock { state in
      let seconds = state.kinds.reduce(0) { $0 + $1.seconds }
      let made = state.kinds.reduce(0) { $0 + $1.made }
      guard made > 0, seconds > 0 else { return nil }
      let average = seconds / Double(made)
      let met = Dictionary(grouping: state.kinds.filter { $0.made > 0 }, by: \.setting)
      let left = state.kinds.filter { $0.open > 0 }.reduce(0) { sum, kind in
        let nearest = met[kind.setting]?.min {
          abs($0.density - kind.density) < abs($1.density - kind.density)
        }
        return sum + Double(kind.open) * (kind.rate ?? nearest?.rate ?? average)
      }
      // Jobs share cores and wait for each other: how many there are in effect shows in what was done in the time there was.
      return left / min(Double(jobs), max(1, seconds / max(1e-9, time - state.start)))
    }
  }
}
