import ArgumentParser
import Coppice
import CoppiceReporting
import CoppiceStore

struct SpeedCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "speed",
    abstract: "From which ratio on pruned networks are faster, and what counted costs tell of it.",
    discussion: """
      Of trials whose latencies were measured (--set measure=latency): for every curve, form and batch the smallest sparsity from which \
      on the form is faster than the dense one, and the rank correlation of latencies with FLOPs and with parameters over all networks.

      \(examples("speed \(anExperiment)", "speed \(anExperiment) --where 'criterion=magnitude' --json"))
      """)

  @OptionGroup var curves: CurveOptions
  @OptionGroup var format: FormatOptions

  func validate() throws {
    if curves.analysis != nil { throw ValidationError("--analysis is of `table` and `plot`") }
    if curves.band != nil { throw ValidationError("speed takes no --band: an interval of 95 % decides") }
  }

  func run() throws { try curves.foreign.contain { try report() } }

  private func report() throws {
    let rows = try curves.rows(try curves.paths()).filter { $0[metric: .latencyThreads].isFinite }
    let machines = CostCorrelation.machines(of: rows)
    guard let machine = machines.first else {
      throw CommandFailure(
        "no latencies were measured: run the experiment with --set measure=latency",
        CommandFailure.inputMissing)
    }
    guard machines.count == 1 else {
      throw CommandFailure(
        "times of different machines cannot be compared: \(machines.joined(separator: "; ")). Choose by --where, as "
          + "latency_threads=1", CommandFailure.usage)
    }
    let even = BreakEven.table(
      BreakEven.all(of: try CurveSet(rows, by: curves.by.map { $0.split(separator: ",").map(String.init) })))
    let correlations = CostCorrelation.table(CostCorrelation.all(of: rows))
    if format.json {
      return try Terminal.data(
        JSON.object(ofTexts: [
          ("schema_version", "1"), ("machine", JSON.text(machine).text), ("break_even", even.json),
          ("correlations", correlations.json),
        ]))
    }
    let width = Terminal.tableWidth
    try Terminal.data(
      [
        machine + "\n",
        even.rows.isEmpty ? "no form but the dense one was measured\n" : even.text(width: width),
        correlations.text(width: width),
      ]
      .joined(separator: "\n"))
  }
}
