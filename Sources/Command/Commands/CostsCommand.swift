import ArgumentParser
import Coppice
import CoppiceStore

struct CostsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "costs",
    abstract: "Measure how long the operations of a model take, as a table that targets of latency name.",
    discussion: """
      Every operation is timed whole and with fewer and fewer units, and so is the network. Run it while nothing else does. The table \
      lies in the folder costs of the results, under the SHA-256 of its contents, which is printed; masks depend on that and on no clock.

      \(examples(
        "costs resnet-20 --batch 1", "costs 'encoder(width: 64)' --set dataset=sst-2",
        "run \(anExperiment) --set granularity=hidden-unit --set 'target=latency(table: 0123456789abcdef)'"))
      """)

  @Argument(help: "The model; see `\(ProgramName.current) list models`.", completion: Completions.models)
  var model: String

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Change a setting, such as dataset: what the model is traced for.", valueName: "name=value"),
    completion: Completions.settings)
  var overrides: [String] = []

  @Option(help: "Examples of a pass.")
  var batch = 1

  @Option(help: "Threads that share each operation.")
  var threads = 1

  @Option(help: "Seconds that each measurement takes.")
  var seconds = 0.02

  @OptionGroup var results: ResultsOptions
  @OptionGroup var data: DataOptions
  @OptionGroup var format: FormatOptions

  func validate() throws {
    guard (1...65_536).contains(batch) else {
      throw ValidationError("--batch takes 1 to 65536, not \(batch)")
    }
    guard (1...1_024).contains(threads) else {
      throw ValidationError("--threads takes 1 to 1024, not \(threads)")
    }
    guard seconds > 0, seconds <= 60 else {
      throw ValidationError("--seconds takes a number above 0 and up to 60, not \(seconds)")
    }
  }

  func run() throws {
    let network = try TracedModel.network(model, overrides, data)
    let table = try LatencyTable(measuring: network, batch: batch, threads: threads, seconds: seconds) {
      Terminal.log("measuring \($0)")
    }
    let path = try LatencyTables(results.folder.costs).write(table)
    let whole = table.network.last ?? .nan
    guard !format.json else {
      return try Terminal.data(
        JSON.object([
          ("schema_version", .integer(1)), ("table", .text(table.digest)), ("file", .text(path)),
          ("seconds", .number(whole)), ("batch", .integer(batch)), ("threads", .integer(threads)),
        ]))
    }
    try Terminal.data(table.digest)
    try Terminal.data(
      "\(table.model): \(whole) s for a pass of \(batch) \(batch == 1 ? "example" : "examples") on \(table.processor), "
        + "\(threads) \(threads == 1 ? "thread" : "threads"), \(table.kernels); written to \(path)")
  }
}
