import CoppiceLaboratory
import Testing

@Suite struct SimulationTests {
  private typealias Task = Simulation.Task

  private func makespan(
    _ tasks: [Task], hosts: Int = 1, jobs: Int = 1, cores: Int? = nil, threads: Int = 1, pause: Double = 0,
    jobStart: Double = 0, closing: Double = 0
  ) -> Double {
    Simulation(tasks).outcome(
      on: SimulatedHosts(
        hosts, jobs: jobs, cores: cores, threads: threads, pause: pause, jobStart: jobStart, closing: closing)
    ).makespan
  }

  @Test func aChainTakesAsLongOnAnyNumberOfHosts() {
    let chain = [Task(1), Task(2, after: [0]), Task(3, after: [1])]
    for hosts in [1, 2, 1000] { #expect(makespan(chain, hosts: hosts, jobs: 2) == 6) }
    #expect(Simulation(chain).sufficientHosts(like: SimulatedHosts(1))?.hosts.count == 1)
    #expect(makespan([]) == 0 && makespan([Task(0)]) == 0)
  }

  @Test func tasksThatNeedNothingAreSharedOut() {
    let tasks = [Task](repeating: Task(1), count: 4)
    #expect(makespan(tasks) == 4)
    #expect(makespan(tasks, hosts: 2) == 2)
    #expect(makespan(tasks, hosts: 3) == 2)
    #expect(makespan(tasks, jobs: 4) == 1)
    let outcome = Simulation(tasks).outcome(on: SimulatedHosts(3))
    #expect(outcome.utilisation == 4.0 / 6)
    #expect(outcome.hostHours == 6.0 / 3600)
  }

  @Test func aDiamondHasTwoWays() {
    let diamond = [Task(1), Task(2, after: [0]), Task(3, after: [0]), Task(4, after: [1, 2])]
    #expect(makespan(diamond) == 10)
    #expect(makespan(diamond, hosts: 2) == 8)
    #expect(makespan(diamond, jobs: 2) == 8)
    #expect(Simulation(diamond).longestChain(on: SimulatedHosts(1)) == 8)
    #expect(Simulation(diamond).sufficientHosts(like: SimulatedHosts(1))?.hosts.count == 2)
  }

  @Test func moreWorkersThanCoresShareThemEvenly() {
    let tasks = [Task](repeating: Task(1), count: 4)
    #expect(makespan(tasks, jobs: 4, cores: 2) == 2)
    #expect(makespan(tasks, jobs: 4, cores: 1) == 4)
    // Of one second and three on one core, the first is done after two, and the other has the core for itself then.
    #expect(makespan([Task(1), Task(3)], jobs: 2, cores: 1) == 4)
    let three = Simulation([Task(1), Task(3), Task(2, after: [0])])
    let shared = three.outcome(on: SimulatedHosts(1, jobs: 2, cores: 1))
    #expect(shared.makespan == 6 && shared.utilisation == 1)
    // Threads share the cores too.
    #expect(makespan(tasks, jobs: 2, cores: 4, threads: 2) == 2)
    #expect(makespan(tasks, jobs: 2, cores: 2, threads: 2) == 4)
    // A host with less to do is asked first.
    #expect(makespan([Task(1), Task(1)], hosts: 2, jobs: 2, cores: 1) == 1)
  }

  @Test func whoeverIsFreeTakesTheFirstOfThePlan() {
    // The long one stands last, so that it begins last.
    let tasks = [Task(1), Task(1), Task(1), Task(4)]
    #expect(makespan(tasks, hosts: 2) == 5)
    #expect(makespan(Array(tasks.reversed()), hosts: 2) == 4)
  }

  @Test func whatRunsAloneHoldsItsHost() {
    let tasks = [Task(2), Task(1, runsAlone: true), Task(3)]
    // It waits for both others, however many workers there are.
    #expect(makespan(tasks, jobs: 3) == 4)
    #expect(makespan(tasks, hosts: 2, jobs: 3) == 3)
    // Nothing begins beside it.
    let quiet = [Task(1), Task(5, after: [0], runsAlone: true), Task(2), Task(3, after: [2])]
    #expect(makespan(quiet, jobs: 2) == 10)
    #expect(makespan([Task(2, runsAlone: true), Task(2, runsAlone: true)], jobs: 2) == 4)
  }

  @Test func whatIsLeftOnTheWayIsThereBeforeTheEnd() {
    let tasks = [Task(0, leftBy: 1, at: 0.25), Task(8), Task(9, after: [0])]
    #expect(makespan(tasks, hosts: 2) == 11)
    #expect(makespan(tasks) == 17)
    // On half a core it is left after twice the time; its child takes what is free then.
    #expect(
      makespan([Task(0, leftBy: 1, at: 0.5), Task(2), Task(2), Task(1, after: [0])], jobs: 3, cores: 1) == 5)
    #expect(Simulation(tasks).work == 17)
    // What leaves it is itself left by another: then it is worked on.
    let nested = [Task(1, leftBy: 1, at: 0.5), Task(2, leftBy: 2, at: 0.5), Task(4)]
    #expect(makespan(nested, hosts: 2) == 4)
  }

  @Test func workersLoseTimeBetweenTasks() {
    let tasks = [Task](repeating: Task(1), count: 4)
    #expect(makespan(tasks, pause: 0.5) == 6)
    #expect(makespan(tasks, hosts: 2, pause: 0.5, closing: 2) == 5)
    // A job goes on with what comes next, and one that found nothing has ended.
    #expect(makespan(tasks, hosts: 2, jobStart: 10) == 12)
    let join = [Task(1), Task(3), Task(1, after: [0, 1]), Task(1, after: [0, 1])]
    #expect(makespan(join, hosts: 2, jobStart: 10) == 24)
    #expect(makespan(join, hosts: 2) == 4)
    #expect(Simulation(join).longestChain(on: SimulatedHosts(2, jobStart: 10)) == 14)
  }

  @Test func oddNumbersHarmNothing() {
    let odd = [
      Task(.nan), Task(-3), Task(.infinity, after: [0, 9, -1, 0]), Task(1, leftBy: 3), Task(1, leftBy: 77),
    ]
    #expect(makespan(odd, pause: .nan, jobStart: -.infinity) == 2)
    #expect(SimulatedHosts(0, jobs: -1, cores: 0).capacity == 1)
    #expect(SimulatedHosts(1, jobs: .max, threads: .max).cores >= 1)
    // What waits for itself is never done, and the rest is.
    #expect(makespan([Task(1, after: [1]), Task(1, after: [0]), Task(2)]) == 2)
  }

  // MARK: Many small graphs

  /// A random graph of some tasks of 1 to 5 seconds, always the same for a seed.
  private func graph(_ seed: Int, alone: Bool) -> [Task] {
    var state = UInt64(truncatingIfNeeded: seed) &* 0x9E37_79B9_7F4A_7C15 | 1
    func below(_ bound: Int) -> Int {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Int(state % UInt64(bound))
    }
    return (0..<1 + below(9)).map { place in
      let parents = (0..<place).filter { _ in below(3) == 0 }
      return Task(Double(1 + below(5)), after: parents, runsAlone: alone && below(5) == 0)
    }
  }

  /// The makespan second by second: an independent way to it, for hosts whose stages have cores of their own.
  private func secondBySecond(_ tasks: [Task], hosts: Int, jobs: Int) -> Double {
    var left = tasks.map(\.seconds)
    var host = [Int?](repeating: nil, count: tasks.count)
    var time = 0.0
    while left.contains(where: { $0 > 0 }) {
      func running(_ place: Int) -> [Int] { tasks.indices.filter { host[$0] == place && left[$0] > 0 } }
      func free() -> Int? {
        (0..<hosts).filter { place in
          running(place).count < jobs && !running(place).contains { tasks[$0].runsAlone }
        }.min { (running($0).count, $0) < (running($1).count, $1) }
      }
      func ready(_ alone: Bool) -> Int? {
        tasks.indices.first { task in
          host[task] == nil && tasks[task].runsAlone == alone
            && tasks[task].parents.allSatisfy { left[$0] == 0 }
        }
      }
      while let task = ready(false), let place = free() { host[task] = place }
      while ready(false) == nil, let task = ready(true), let place = free(), running(place).isEmpty {
        host[task] = place
      }
      for task in tasks.indices where host[task] != nil && left[task] > 0 { left[task] -= 1 }
      time += 1
    }
    return time
  }

  @Test func smallGraphsTakeAsLongAsSecondBySecond() {
    for seed in 0..<400 {
      let tasks = graph(seed, alone: seed % 2 == 1)
      for (hosts, jobs) in [(1, 1), (1, 2), (2, 1), (2, 2), (3, 1), (20, 1)] {
        let (found, expected) = (
          makespan(tasks, hosts: hosts, jobs: jobs), secondBySecond(tasks, hosts: hosts, jobs: jobs)
        )
        #expect(found == expected, "graph \(seed) on \(hosts) hosts of \(jobs) jobs")
      }
    }
  }

  /// The makespan on one host with fewer cores than jobs, in steps in which each running task gets a second of work.
  private func stepByStep(_ tasks: [Task], jobs: Int, cores: Int) -> Double {
    var left = tasks.map(\.seconds)
    var running: [Int] = []
    var time = 0.0
    while left.contains(where: { $0 > 0 }) {
      running.removeAll { left[$0] == 0 }
      while running.count < jobs,
        let task = tasks.indices.first(where: { task in
          left[task] > 0 && !running.contains(task) && tasks[task].parents.allSatisfy { left[$0] == 0 }
        })
      { running.append(task) }
      for task in running { left[task] -= 1 }
      time += max(1, Double(running.count) / Double(cores))
    }
    return time
  }

  @Test func smallGraphsShareCoresAsStepByStep() {
    for seed in 0..<400 {
      let tasks = graph(seed, alone: false)
      for (jobs, cores) in [(2, 1), (3, 2), (4, 1), (4, 2), (4, 3)] {
        let (found, expected) = (
          makespan(tasks, jobs: jobs, cores: cores), stepByStep(tasks, jobs: jobs, cores: cores)
        )
        #expect(abs(found - expected) < 1e-9 * expected, "graph \(seed), \(jobs) jobs on \(cores) cores")
      }
    }
  }

  @Test func noHostsAreFasterThanTheLongestChain() {
    for seed in 0..<200 {
      let simulation = Simulation(graph(seed, alone: false))
      var ends: [Double] = []
      for task in simulation.tasks { ends.append((task.parents.map { ends[$0] }.max() ?? 0) + task.seconds) }
      let chain = ends.max() ?? 0
      #expect(simulation.longestChain(on: SimulatedHosts(1)) == chain)
      for hosts in 1...4 {
        let outcome = simulation.outcome(on: SimulatedHosts(hosts))
        #expect(outcome.makespan >= max(chain, simulation.work / Double(hosts)))
        // The bound of Graham (1966) for lists.
        #expect(outcome.makespan <= simulation.work / Double(hosts) + chain)
        #expect(abs(outcome.utilisation - simulation.work / Double(hosts) / outcome.makespan) < 1e-12)
      }
    }
  }

  @Test func moreHostsHelpUntilTheChainIsTheLongest() throws {
    let eight = Simulation([Task](repeating: Task(1), count: 8))
    let found = try #require(eight.sufficientHosts(like: SimulatedHosts(1)))
    #expect(found.hosts.count == 8 && found.makespan == 1)
    #expect(eight.sufficientHosts(like: SimulatedHosts(1, jobs: 4))?.hosts.count == 2)
    // What comes after the last stage takes as long on any number of hosts.
    #expect(eight.sufficientHosts(like: SimulatedHosts(1, closing: 99))?.hosts.count == 2)
    // Two more hosts do the short ones while one does the long one.
    let long = Simulation([Task(57)] + [Task](repeating: Task(1), count: 100))
    for hosts in 1...4 {
      let makespan = long.outcome(on: SimulatedHosts(hosts)).makespan
      #expect((makespan <= 57 * 1.05) == (hosts >= 3), "\(hosts): \(makespan)")
    }
    #expect(long.sufficientHosts(like: SimulatedHosts(1))?.hosts.count == 3)
    // Where a host is always too full, none suffice.
    #expect(Simulation([Task(1)]).sufficientHosts(like: SimulatedHosts(1, cores: 1, threads: 2)) != nil)
    let join = [Task(1), Task(3), Task(1, after: [0, 1]), Task(1, after: [0, 1])]
    #expect(Simulation(join).sufficientHosts(like: SimulatedHosts(1, jobStart: 10)) == nil)
  }
}
