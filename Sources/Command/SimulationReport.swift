import Coppice
import CoppiceReporting

/// What simulations of a sweep came to, for people and programs.
struct SimulationReport {
  private let outcomes: [Simulation.Outcome]
  private let stages: Int
  private let work: Double
  private let chain: Double
  private let sufficient: Simulation.Outcome?
  private let source: StageTimes.Source

  /// Simulates a sweep on some hosts, of which there is one kind at least.
  init(_ simulation: Simulation, _ hosts: [SimulatedHosts], source: StageTimes.Source) {
    outcomes = hosts.map { simulation.outcome(on: $0) }
    stages = simulation.tasks.count { $0.leaver == nil }
    work = simulation.work
    let usual = hosts.last ?? SimulatedHosts(1)
    chain = simulation.longestChain(on: usual)
    sufficient = simulation.sufficientHosts(like: usual)
    self.source = source
  }

  private var hosts: SimulatedHosts { outcomes.last?.hosts ?? SimulatedHosts(1) }

  private static func duration(_ seconds: Double) -> String { ProgressLine.duration(seconds) ?? "?" }

  /// A table with the sentences before and behind it.
  func text(width: Int?) -> String {
    let table = Table(
      columns: [
        Table.Column(name: "hosts", format: .integer),
        Table.Column(name: "jobs", heading: "jobs each", format: .integer),
        Table.Column(name: "makespan"),
        Table.Column(name: "utilisation", heading: "utilisation (%)", format: .percent(1)),
        Table.Column(name: "host_hours", heading: "host-hours", format: .decimal(2)),
      ],
      rows: outcomes.map { outcome in
        [
          .number(Double(outcome.hosts.count)), .number(Double(outcome.hosts.jobs)),
          .text(Self.duration(outcome.makespan)), .number(outcome.utilisation), .number(outcome.hostHours),
        ]
      })
    let times =
      switch source {
      case .measured: "no run has timed its stages yet, so by steps timed just now"
      case .recorded: "by stages timed before"
      case .both: "by stages timed before, and by steps timed just now where there are none"
      }
    let losses =
      hosts.pause > 0 ? ", \(NumberText.trimmed(hosts.pause * 1000, decimals: 1)) ms between two" : ""
    let each = "of \(hosts.jobs) \(hosts.jobs == 1 ? "job" : "jobs")"
    let end =
      sufficient.map { outcome in
        let few = outcome.hosts.count
        let counted = few == 1 ? "1 host" : "\(few) hosts"
        return """
          more than \(counted) help no further: on \(counted) \(each) it is \(Self.duration(outcome.makespan)), within 5 % of the \
          longest chain of stages that need each other (\(Self.duration(chain)))
          """
      }
        ?? """
        no number of hosts \(each) comes within 5 % of the longest chain of stages that need each other (\(Self.duration(chain)))
        """
    return """
      simulated: \(stages) stages of \(Self.duration(work)) in all\(losses), \(times)
      \(table.text(width: width))
      \(end)
      """
  }

  /// The same for programs: seconds, fractions and hours.
  var json: JSON {
    .members([
      ("stages", .integer(stages)), ("work_seconds", .number(work)),
      ("longest_chain_seconds", .number(chain)),
      ("source", .text("\(source)")), ("pause_seconds", .number(hosts.pause)),
      ("job_start_seconds", .number(hosts.jobStart)), ("closing_seconds", .number(hosts.closing)),
      ("sufficient_hosts", sufficient.map { .integer($0.hosts.count) } ?? .null),
      (
        "outcomes",
        .list(
          outcomes.map { outcome in
            .members([
              ("hosts", .integer(outcome.hosts.count)), ("jobs", .integer(outcome.hosts.jobs)),
              ("cores", .integer(outcome.hosts.cores)), ("threads", .integer(outcome.hosts.threads)),
              ("makespan_seconds", .number(outcome.makespan)), ("utilisation", .number(outcome.utilisation)),
              ("host_hours", .number(outcome.hostHours)),
            ])
          })
      ),
    ])
  }
}
