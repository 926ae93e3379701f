/// A model of hosts that share the stages of a sweep. It tells when all would be done, without doing any.
///
/// Whoever is free takes the first stage of the plan whose parents are there, as workers of a run do (`WorkQueue`). The stages on a
/// host share its cores evenly. A stage that runs alone waits for a host that does nothing else, and nothing else begins there
/// meanwhile.
package struct Simulation: Sendable {
  /// A stage, as far as the model knows it.
  package struct Task: Hashable, Sendable {
    /// Seconds of work on cores of its own.
    package var seconds: Double
    /// The tasks whose results it needs, by their places.
    package var parents: [Int]
    /// Whether nothing else may run on its host meanwhile.
    package var runsAlone: Bool
    /// The task that leaves these results on its way; `nil` for one that is worked on for itself.
    package var leaver: Int?
    /// The share of the leaver's work after which it does, 0…1.
    package var share: Double

    /// A task of so many seconds; what is no duration counts as 0.
    package init(
      _ seconds: Double, after parents: [Int] = [], runsAlone: Bool = false, leftBy leaver: Int? = nil,
      at share: Double = 1
    ) {
      self.seconds = seconds.isFinite ? max(0, seconds) : 0
      (self.parents, self.runsAlone, self.leaver) = (parents, runsAlone, leaver)
      self.share = share.isFinite ? min(1, max(0, share)) : 1
    }
  }

  /// What came of it.
  package struct Outcome: Hashable, Sendable {
    /// The hosts it was for.
    package let hosts: SimulatedHosts
    /// Seconds from the beginning until all is done.
    package let makespan: Double
    /// The share of what the hosts could have done that was work on stages, 0…1.
    package let utilisation: Double
    /// Hours for which hosts are held, all hosts together.
    package var hostHours: Double { Double(hosts.count) * makespan / 3600 }
  }

  /// The tasks, in the order of the plan.
  package let tasks: [Task]
  /// The tasks that wait for each.
  let children: [[Int]]
  /// The tasks that each leaves on its way, those that come first at the front.
  let left: [[Int]]

  /// A simulation of some tasks; parents that are none of them count as there.
  package init(_ tasks: [Task]) {
    var tasks = tasks
    var children = [[Int]](repeating: [], count: tasks.count)
    var left = children
    for place in tasks.indices {
      tasks[place].parents = Set(tasks[place].parents).filter(tasks.indices.contains).sorted()
      for parent in tasks[place].parents { children[parent].append(place) }
      guard let leaver = tasks[place].leaver else { continue }
      if tasks.indices.contains(leaver), leaver != place {
        left[leaver].append(place)
      } else {
        tasks[place].leaver = nil
      }
    }
    for place in left.indices { left[place].sort { (tasks[$0].share, $0) < (tasks[$1].share, $1) } }
    (self.tasks, self.children, self.left) = (tasks, children, left)
  }

  /// Seconds of all work together, on cores of its own. What is left on the way is no work.
  package var work: Double { tasks.reduce(0) { $0 + ($1.leaver == nil ? $1.seconds : 0) } }

  /// How the tasks go on some hosts.
  package func outcome(on hosts: SimulatedHosts) -> Outcome {
    var course = SimulatedCourse(self, hosts)
    let makespan = course.end() + hosts.closing
    let capacity = Double(hosts.count) * hosts.capacity * makespan
    return Outcome(
      hosts: hosts, makespan: makespan, utilisation: capacity > 0 ? min(1, course.done / capacity) : 1)
  }

  /// The least time in which all can be done, on any number of hosts: the longest chain of tasks that need each other takes it.
  package func longestChain(on hosts: SimulatedHosts) -> Double {
    var many = hosts
    (many.count, many.jobs, many.jobStart) = (max(1, tasks.count), 1, 0)
    return outcome(on: many).makespan + hosts.jobStart
  }

  /// The share of the longest chain that is borne with before more hosts count as helping.
  package static let tolerance = 0.05

  /// The number of hosts from which on more of them help no further: the makespan is within `tolerance` of the longest chain. `nil`
  /// where no number comes so near.
  package func sufficientHosts(like hosts: SimulatedHosts) -> Outcome? {
    let limit = longestChain(on: hosts) * (1 + Self.tolerance)
    func outcome(_ count: Int) -> Outcome {
      var some = hosts
      some.count = count
      return self.outcome(on: some)
    }
    // No fewer can do all the work in that time.
    let fewest = (work / (hosts.capacity * max(limit, 1e-9))).rounded(.up)
    var many = max(1, min(tasks.count, fewest < 1e9 ? Int(fewest) : .max))
    var few = many - 1
    var found = outcome(many)
    while found.makespan > limit {
      guard many < tasks.count else { return nil }
      (few, many) = (many, min(2 * many, tasks.count))
      found = outcome(many)
    }
    while many - few > 1 {
      let middle = outcome((few + many) / 2)
      if middle.makespan > limit {
        few = middle.hosts.count
      } else {
        (many, found) = (middle.hosts.count, middle)
      }
    }
    return found
  }
}
