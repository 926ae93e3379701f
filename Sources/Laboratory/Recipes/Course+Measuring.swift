import CoppicePruning

extension Course {
  /// Measures how long the network of every reported round takes, where the trial asks for it.
  mutating func measureLatencies() {
    guard trial.measurement.takesLatency else { return }
    let machine = Machine.current(threads: trial.measurement.threads)
    for place in rounds.indices {
      guard let network = rounds[place][.training] else { continue }
      let own = (graph[network] as? TrainingStage)?.regimen ?? regimen
      let stage = LatencyStage(own, of: network, masks: rounds[place][.masks], on: machine)
      rounds[place] = rounds[place].adding(.latency, add(stage))
    }
  }
}
