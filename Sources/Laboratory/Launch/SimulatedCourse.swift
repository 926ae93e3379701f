/// The course of a simulation: what happens, one event after the other.
struct SimulatedCourse {
  /// A moment in the work of a host at which a task is done, or has left another on its way.
  private struct Mark {
    /// What the host's clock of work shows then.
    let work: Double
    let task: Int
    /// Whether it is a task's own end, which frees a worker.
    let isEnd: Bool
  }

  private struct Host {
    /// Workers that have a task.
    var busy = 0
    /// Whether the task runs alone.
    var isAlone = false
    /// Tasks that use the cores; a job that a scheduler has not begun yet uses none.
    var running = 0
    var marks: [Mark] = []
    /// Seconds of work that a task would have had that ran from the beginning. All tasks on a host are equally fast.
    var work = 0.0
    /// When `work` was last brought up to date.
    var time = 0.0
    /// Raised whenever the next mark may have moved, so that events that were foreseen before count no more.
    var version = 0

    /// What the clock of work shows at the next mark; `nil` where there is none.
    var next: Double? {
      var next: Double?
      for mark in marks where mark.work < next ?? .infinity { next = mark.work }
      return next
    }
  }

  private struct Event: Comparable {
    let time: Double
    let number: Int
    let host: Int
    /// The task that begins; `nil` where a mark of the host is reached.
    let task: Int?
    let version: Int

    static func < (a: Event, b: Event) -> Bool { (a.time, a.number) < (b.time, b.number) }
  }

  /// A host with a worker that is free.
  private struct Place: Comparable {
    let busy: Int
    let host: Int

    static func < (a: Place, b: Place) -> Bool { (a.busy, a.host) < (b.busy, b.host) }
  }

  private let simulation: Simulation
  private let like: SimulatedHosts
  private var hosts: [Host]
  private var free = Heap<Place>()
  private var events = Heap<Event>()
  private var count = 0
  /// Tasks that each still waits for.
  private var missing: [Int]
  private var isDone: [Bool]
  private var ready = Heap<Int>()
  private var readyAlone = Heap<Int>()
  private var now = 0.0
  /// Seconds of work on tasks so far.
  private(set) var done = 0.0

  init(_ simulation: Simulation, _ like: SimulatedHosts) {
    (self.simulation, self.like) = (simulation, like)
    hosts = Array(repeating: Host(), count: like.count)
    missing = simulation.tasks.map { $0.parents.count + ($0.leaver == nil ? 0 : 1) }
    isDone = Array(repeating: false, count: simulation.tasks.count)
    for task in missing.indices where missing[task] == 0 { makeReady(task) }
    for host in hosts.indices { free.insert(Place(busy: 0, host: host)) }
  }

  /// Goes to the end, and says when it is.
  mutating func end() -> Double {
    var end = 0.0
    give([:])
    while let next = events.first {
      now = next.time
      var freed: [Int: Int] = [:]
      var isNews = false
      while let event = events.first, event.time <= now {
        events.removeFirst()
        isNews = take(event, &freed) || isNews
      }
      // Events that count no more may lie behind the end.
      if isNews { end = now }
      give(freed)
    }
    return end
  }

  /// Lets an event happen, and says whether it still counts. Counts the workers of hosts that it frees.
  private mutating func take(_ event: Event, _ freed: inout [Int: Int]) -> Bool {
    if let task = event.task {
      begin(task, on: event.host)
      return true
    }
    guard event.version == hosts[event.host].version, let next = hosts[event.host].next else { return false }
    // Exactly what the mark says, so that tasks that end together do so whatever was rounded.
    (hosts[event.host].work, hosts[event.host].time) = (next, now)
    var place = 0
    while place < hosts[event.host].marks.count {
      let mark = hosts[event.host].marks[place]
      guard mark.work <= next else {
        place += 1
        continue
      }
      hosts[event.host].marks.remove(at: place)
      if mark.isEnd {
        hosts[event.host].busy -= 1
        hosts[event.host].running -= 1
        hosts[event.host].isAlone = false
        freed[event.host, default: 0] += 1
        done += simulation.tasks[mark.task].seconds
      }
      finish(mark.task)
    }
    offer(event.host)
    foresee(event.host)
    return true
  }

  // MARK: Tasks

  private mutating func finish(_ task: Int) {
    guard !isDone[task] else { return }
    isDone[task] = true
    for other in simulation.left[task] where !isDone[other] { settleParent(of: other) }
    for other in simulation.children[task] where !isDone[other] { settleParent(of: other) }
  }

  private mutating func settleParent(of task: Int) {
    missing[task] -= 1
    if missing[task] == 0 { makeReady(task) }
  }

  private mutating func makeReady(_ task: Int) {
    if simulation.tasks[task].runsAlone { readyAlone.insert(task) } else { ready.insert(task) }
  }

  // MARK: Workers

  /// Gives the tasks that are ready to workers that are free. Those of a scheduler who have just ended a task go on at once.
  private mutating func give(_ freed: [Int: Int]) {
    var warm = freed
    if like.jobStart > 0 {
      for host in freed.keys.sorted() {
        while let task = ready.first, warm[host, default: 0] > 0, !hosts[host].isAlone {
          ready.removeFirst()
          give(task, to: host, &warm)
        }
      }
    }
    while let task = ready.first, let host = freeHost {
      ready.removeFirst()
      give(task, to: host, &warm)
    }
    while ready.first == nil, let task = readyAlone.first, let host = freeHost, hosts[host].busy == 0 {
      readyAlone.removeFirst()
      give(task, to: host, &warm)
    }
  }

  private mutating func give(_ task: Int, to host: Int, _ warm: inout [Int: Int]) {
    hosts[host].busy += 1
    hosts[host].isAlone = simulation.tasks[task].runsAlone
    offer(host)
    if warm[host, default: 0] > 0 || like.jobStart == 0 {
      warm[host, default: 1] -= 1
      begin(task, on: host)
    } else {
      foresee(Event(time: now + like.jobStart, number: count, host: host, task: task, version: 0))
    }
  }

  /// The host with a free worker that has the fewest at work; the first of several.
  private var freeHost: Int? {
    mutating get {
      while let place = free.first {
        let busy = hosts[place.host].busy
        if busy == place.busy, busy < like.jobs, !hosts[place.host].isAlone { return place.host }
        free.removeFirst()
      }
      return nil
    }
  }

  private mutating func offer(_ host: Int) {
    guard hosts[host].busy < like.jobs, !hosts[host].isAlone else { return }
    free.insert(Place(busy: hosts[host].busy, host: host))
  }

  // MARK: Time

  private mutating func begin(_ task: Int, on host: Int) {
    catchUp(host)
    hosts[host].running += 1
    let (begin, seconds) = (hosts[host].work + like.pause, simulation.tasks[task].seconds)
    for other in simulation.left[task] where !isDone[other] {
      hosts[host].marks.append(
        Mark(work: begin + simulation.tasks[other].share * seconds, task: other, isEnd: false))
    }
    hosts[host].marks.append(Mark(work: begin + seconds, task: task, isEnd: true))
    foresee(host)
  }

  /// Brings a host's clock of work up to now.
  private mutating func catchUp(_ host: Int) {
    hosts[host].work += (now - hosts[host].time) * like.speed(running: hosts[host].running)
    hosts[host].time = now
  }

  /// Foresees the next mark of a host.
  private mutating func foresee(_ host: Int) {
    hosts[host].version += 1
    guard let next = hosts[host].next else { return }
    let wait = max(0, next - hosts[host].work) / like.speed(running: hosts[host].running)
    foresee(Event(time: now + wait, number: count, host: host, task: nil, version: hosts[host].version))
  }

  private mutating func foresee(_ event: Event) {
    events.insert(event)
    count += 1
  }
}
