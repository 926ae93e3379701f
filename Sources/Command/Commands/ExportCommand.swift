import ArgumentParser
import Coppice
import CoppiceExchange
import CoppiceStore
import Foundation

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write the network of a trial into a file that other programs read.",
    discussion: """
      Names and layouts are PyTorch's, or those of the library that is named. A pruned weight is 0 in the file, and its mask lies beside \
      it as <name>_mask. With --compacted, units of which masks leave nothing are cut out of all shapes.

      An ONNX file holds the network's operations too, in evaluation, from `inputs` to `logits`, with its arrays under PyTorch's names. A \
      quantised network is written with its codes (QDQ).

      \(examples(
        "export dense-seed0 weights.safetensors", "export \(anExperiment)/dense-seed0 small.npz --compacted",
        "export dense-seed0 network.onnx", "export dense-seed0 gpt2.safetensors --names huggingface --round 3"))
      """)

  @Argument(
    help: "A trial file, EXPERIMENT/TRIAL, or the beginning or end of a trial's name.",
    completion: Completions.trials)
  var trial: String

  @Argument(
    help: "The file to write.",
    completion: .file(extensions: ExportTarget.all.map { String($0.ending.dropFirst()) })
  )
  var file: String

  @Option(help: "The round whose weights they are; the last one where not said.")
  var round: Int?

  @Option(
    name: .customLong("format"),
    help: ArgumentHelp(
      "\(ExportTarget.all.map(\.name).joined(separator: ", ")); where not said, what the file's name ends with.",
      valueName: "format"))
  var wanted: String?

  @Option(
    help: "Whose names and layouts the file has; see `\(ProgramName.current) list names`.",
    completion: .list(NameMap.catalogue.names))
  var names = "own"

  @Flag(help: "Cut out units of which masks leave nothing.")
  var compacted = false

  @Flag(
    name: .customLong("torch-prune-keys"),
    help: "Write pruned weights as pairs <name>_orig and <name>_mask, as torch.nn.utils.prune has them.")
  var torchPruneKeys = false

  @OptionGroup var onnx: ONNXOptions
  @OptionGroup var results: ResultsOptions
  @OptionGroup var data: DataOptions
  @OptionGroup var foreign: ForeignOptions
  @OptionGroup var format: FormatOptions

  func run() throws { try foreign.contain(within: nil) { try export() } }

  private func export() throws {
    let target = try ExportTarget(wanted, file: file)
    let map = try NameMap.named(names)
    try onnx.check(target, names: names, torchPruneKeys: torchPruneKeys)
    try checkTarget()
    let path = try StoredResults(folder: results.folder).trial(trial)
    let record = try TrialFile(path, isForeign: foreign.isForeign).record()
    let stored = try StoredNetwork(record, library: DataLibrary(data.folders))
    let found = try record.round(round)
    let exported = try ExportedNetwork(found, of: stored, isCompacted: compacted)
    let count = try target.write(
      exported, names: map, masks: torchPruneKeys ? .torchPrune : .beside, onnx: onnx,
      metadata: [
        ("model", "\(exported.network.model)"), ("names", map.name), ("round", "\(found.index)"),
        ("trial", record.trial),
      ], to: file)
    let size = (try? FileManager.default.attributesOfItem(atPath: file)[.size] as? Int) ?? 0
    let members: [(name: String, value: JSON)] = [
      ("schema_version", .integer(1)), ("trial", .text(record.trial)), ("round", .integer(found.index)),
      ("file", .text(file)), ("format", .text(target.name)), ("names", .text(map.name)),
      ("arrays", .integer(count)), ("bytes", .integer(size)),
    ]
    try Terminal.data(
      format.json
        ? JSON.object(members)
        : "\(record.trial), round \(found.index): \(count) arrays\(target == .onnx ? "" : " by the names of \(map.name)"), \(size) bytes, written to \(file)"
    )
  }

  /// Refuses to write where there is no folder, or over what is no file of weights: a result, for one.
  private func checkTarget() throws {
    let folder = (file as NSString).deletingLastPathComponent
    guard folder.isEmpty || FileManager.default.fileExists(atPath: folder) else {
      throw CommandFailure(
        "the weights cannot be written to \(file): there is no folder \(folder)", CommandFailure.inputOutput)
    }
    guard FileKind(at: file) != nil, !ExportTarget.isOwn(file) else { return }
    throw CommandFailure(
      "the weights are not written over \(file), which is there and is no file of weights; choose another name",
      CommandFailure.usage)
  }
}
