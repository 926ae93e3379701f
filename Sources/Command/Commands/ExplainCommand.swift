import ArgumentParser
import Coppice
import CoppiceBenchmarks
import CoppiceStore

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Tell what can be cut out of a model, what goes together, and why the rest cannot go.",
    discussion: """
      A unit is a channel, a hidden unit, an attention head or a feature of a stream, with everything that is tied to it: where it is \
      removed, all of it is. Units that own as much of the same parameters are one family. Residual branches and blocks can be left out \
      as a whole: of a branch the shortcut is left, of a block what it is given.

      \(examples("explain resnet-20", "explain 'encoder(width: 64)' --set dataset=sst2"))
      """)

  @Argument(help: "The model; see `\(ProgramName.current) list models`.", completion: Completions.models)
  var model: String

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Change a setting, such as dataset: what the model is traced for.", valueName: "name=value"),
    completion: Completions.settings)
  var overrides: [String] = []

  @OptionGroup var data: DataOptions
  @OptionGroup var format: FormatOptions

  func run() throws {
    let network = try TracedModel.network(model, overrides, data)
    let explanation = AxisExplanation(try network.forward(batch: 1, isTraining: false))
    let report = ExplainReport(network, explanation)
    try Terminal.data(format.json ? report.json : report.text)
  }
}
