import ArgumentParser
import Coppice
import CoppiceReporting

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract:
      "Measure training and inference of each model, in steps a second and against the processor's limit.",
    discussion:
      "Nothing else should run meanwhile. Tests/Reference/speed.py measures PyTorch in turn with it.")

  @Argument(help: "Models, as `coppice list models` names them; all that are measured if none is named.")
  var models: [String] = []

  @Option(help: "Threads that share each kernel.")
  var threads = 1

  @Option(help: "The fraction of prunable weights that survive.")
  var density = 0.2

  @Option(help: "Seconds of each of the five runs of a figure.")
  var seconds = 0.5

  @OptionGroup var format: FormatOptions

  func validate() throws {
    guard (1...1024).contains(threads) else {
      throw ValidationError("--threads takes a number from 1 to 1024")
    }
    guard (0...1).contains(density) else { throw ValidationError("--density takes a fraction 0…1") }
    guard seconds > 0, seconds <= 3600 else {
      throw ValidationError("--seconds takes more than 0, at most 3600")
    }
  }

  func run() throws {
    let benchmark = Benchmark(threads: threads, density: density, seconds: seconds)
    let cases = try models.isEmpty ? Benchmark.Case.all : models.map(Self.named)
    let rows = try cases.flatMap(benchmark.run)
    if format.json {
      let list = rows.map { row in
        JSON.members([
          ("benchmark", .text(row.benchmark)), ("model", .text(row.model)), ("batch", .integer(row.batch)),
          ("threads", .integer(row.threads)), ("density", .number(row.density)),
          ("median", .number(row.median)), ("low", .number(row.low)), ("high", .number(row.high)),
          ("unit", .text("steps/s")), ("fraction_of_limit", .number(row.fractionOfLimit)),
        ])
      }
      return try Terminal.data(JSON.object([("schema_version", .integer(1)), ("rows", .list(list))]))
    }
    try Terminal.data(Self.table(rows).text(width: Terminal.tableWidth))
  }

  private static func table(_ rows: [Benchmark.Row]) -> Table {
    Table(
      columns: [
        .init(name: "benchmark"), .init(name: "model"), .init(name: "batch", format: .integer),
        .init(name: "threads", format: .integer), .init(name: "density", format: .decimal(2)),
        .init(name: "median", heading: "steps/s", format: .decimal(2)),
        .init(name: "low", heading: "lowest", format: .decimal(2)),
        .init(name: "high", heading: "highest", format: .decimal(2)),
        .init(name: "fraction_of_limit", heading: "of limit (%)", format: .percent(0)),
      ],
      rows: rows.map { row in
        [
          .text(row.benchmark), .text(row.model), .number(Double(row.batch)), .number(Double(row.threads)),
          .number(row.density), .number(row.median), .number(row.low), .number(row.high),
          .number(row.fractionOfLimit),
        ]
      })
  }

  private static func named(_ name: String) throws -> Benchmark.Case {
    guard let found = Benchmark.Case.all.first(where: { $0.model.name == name }) else {
      throw SettingError.unknown("measured model", name, known: Benchmark.Case.all.map(\.model.name))
    }
    return found
  }
}
