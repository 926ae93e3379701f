import CoppiceTerms

/// Stages put into jobs, and jobs into waves: what is in a wave builds on stages of earlier waves or of its own job alone, so that all
/// jobs of a wave may run side by side.
///
/// A stage goes into the job of what it builds on for as long as that job stays within the seconds that are aimed at: a chain of short
/// stages is one job. Else it begins a job in the wave after. Jobs of one wave that are shorter are joined, in the order of the plan.
package struct JobPlan: Hashable, Sendable {
  /// What one job runs, in this order.
  package struct Job: Hashable, Sendable {
    package fileprivate(set) var stages: [StageKey] = []
    /// How long it takes, about.
    package fileprivate(set) var seconds = 0.0
  }

  /// Jobs that may run side by side once those of earlier waves are over.
  package struct Wave: Hashable, Sendable {
    package fileprivate(set) var jobs: [Job] = []
    /// Whether nothing else may run meanwhile on the machine of such a job, because time is measured.
    package let runsAlone: Bool

    /// Stages in it.
    package var stages: Int { jobs.reduce(0) { $0 + $1.stages.count } }
    /// Seconds of its longest job, about.
    package var seconds: Double { jobs.map(\.seconds).max() ?? 0 }
  }

  package let waves: [Wave]

  /// The most stages that one job is given: their keys are words of one command line.
  package static let mostStages = 1_000

  /// What runs together whatever is aimed at: a stage with those that it leaves on its way.
  fileprivate struct Unit {
    var stages: [StageKey]
    var parents: Set<StageKey>
    var seconds: Double
    let runsAlone: Bool
  }

  /// Units that are one job, before those of a wave are joined.
  fileprivate struct Chunk {
    var job = Job()
    let wave: Int
    let runsAlone: Bool
  }

  /// Puts stages into jobs.
  ///
  /// - Parameters:
  ///   - stages: those to run. What they build on beside these is there.
  ///   - aim: the seconds that a job is to take; a stage that takes longer has a job of its own.
  ///   - seconds: how long a stage takes, about.
  package init(_ stages: [any Stage], aim: Double, seconds: (any Stage) -> Double) {
    var chunks: [Chunk] = []
    var chunkOfStage: [StageKey: Int] = [:]
    for unit in Self.units(stages, seconds) {
      let places = Set(unit.parents.compactMap { chunkOfStage[$0] })
      let last = places.map { chunks[$0].wave }.max()
      let latest = places.filter { chunks[$0].wave == last }
      var place = chunks.count
      if let parent = latest.first, latest.count == 1, !unit.runsAlone,
        chunks[parent].takes(unit.seconds, aim)
      {
        place = parent
      } else {
        chunks.append(Chunk(wave: last.map { $0 + 1 } ?? 0, runsAlone: unit.runsAlone))
      }
      chunks[place].job.stages += unit.stages
      chunks[place].job.seconds += unit.seconds
      for key in unit.stages { chunkOfStage[key] = place }
    }
    waves = Self.waves(chunks, aim)
  }

  /// The units, parents first. Where what a stage builds on stands behind it, it comes behind that.
  private static func units(_ stages: [any Stage], _ seconds: (any Stage) -> Double) -> [Unit] {
    let keys = Set(stages.map(\.key))
    var leftBy: [StageKey: [any Stage]] = [:]
    for stage in stages {
      if let longer = stage.within, keys.contains(longer) { leftBy[longer, default: []].append(stage) }
    }
    let left = Set(leftBy.values.joined().map(\.key))
    var open = stages.filter { !left.contains($0.key) }.map { stage in
      let group = (leftBy[stage.key] ?? []) + [stage]
      let own = Set(group.map(\.key))
      return Unit(
        stages: group.map(\.key), parents: Set(group.flatMap(\.parents)).intersection(keys).subtracting(own),
        seconds: seconds(stage), runsAlone: stage.work.runsAlone)
    }
    var units: [Unit] = []
    var placed: Set<StageKey> = []
    while !open.isEmpty {
      let before = open.count
      open = open.filter { unit in
        guard unit.parents.isSubset(of: placed) else { return true }
        placed.formUnion(unit.stages)
        units.append(unit)
        return false
      }
      // A plan has no circles.
      guard open.count < before else { break }
    }
    return units
  }

  /// The waves of some chunks: those that run alone have waves of their own, behind the others of their depth.
  private static func waves(_ chunks: [Chunk], _ aim: Double) -> [Wave] {
    var waves: [Wave] = []
    for depth in 0..<(chunks.map { $0.wave + 1 }.max() ?? 0) {
      for runsAlone in [false, true] {
        var wave = Wave(runsAlone: runsAlone)
        for chunk in chunks where chunk.wave == depth && chunk.runsAlone == runsAlone {
          if let last = wave.jobs.indices.last, wave.jobs[last].takes(chunk.job, aim) {
            wave.jobs[last].stages += chunk.job.stages
            wave.jobs[last].seconds += chunk.job.seconds
          } else {
            wave.jobs.append(chunk.job)
          }
        }
        if !wave.jobs.isEmpty { waves.append(wave) }
      }
    }
    return waves
  }
}

extension JobPlan.Chunk {
  /// Whether so many more seconds leave it within what is aimed at. Nothing joins what runs alone.
  fileprivate func takes(_ seconds: Double, _ aim: Double) -> Bool {
    // What takes no time worth telling goes along.
    !runsAlone && (seconds == 0 || job.seconds + seconds <= aim) && job.stages.count < JobPlan.mostStages
  }
}

extension JobPlan.Job {
  fileprivate func takes(_ job: JobPlan.Job, _ aim: Double) -> Bool {
    seconds + job.seconds <= aim && stages.count + job.stages.count <= JobPlan.mostStages
  }
}
