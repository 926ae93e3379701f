import ArgumentParser
import Coppice
import CoppiceExchange
import CoppiceStore

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "List the arrays of a file of weights, and whether and how they fit a model.",
    discussion: """
      The file is told by its first bytes and not by its name, and nothing in it is executed. Ends with 1 where it does not fit the model.

      \(examples(
        "inspect weights.safetensors", "inspect weights.safetensors resnet-20 --set dataset=cifar-10",
        "inspect vit.npz vit --names timm --head fresh"))
      """)

  @Argument(help: "The file.", completion: .file())
  var file: String

  @Argument(help: "The model; see `\(ProgramName.current) list models`.", completion: Completions.models)
  var model: String?

  @Option(
    help: "Whose names the file has; those that fit where not said. See `\(ProgramName.current) list names`.",
    completion: .list(NameMap.catalogue.names))
  var names: String?

  @Option(help: "kept, or fresh where the last layer is drawn afresh.", completion: .list(["kept", "fresh"]))
  var head = "kept"

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Change a setting, such as dataset: what the model is traced for.", valueName: "name=value"),
    completion: Completions.settings)
  var overrides: [String] = []

  @OptionGroup var data: DataOptions
  @OptionGroup var format: FormatOptions

  func validate() throws {
    guard NetworkHead(rawValue: head) != nil else {
      throw ValidationError("--head takes kept or fresh, not \(head)")
    }
  }

  func run() throws {
    let source = try WeightFile(file)
    var fit: NameFit?
    var network: Network?
    if let model {
      let traced = try TracedModel.network(model, overrides, data)
      network = traced
      fit = try NameFit(
        traced, source, names: try names.map { try NameMap.named($0) },
        head: NetworkHead(rawValue: head) ?? .kept)
    }
    try Terminal.data(format.json ? json(source, fit, network) : text(source, fit, network))
    if let fit, !fit.isComplete { throw CommandFailure.someTrialsFailed }
  }

  private func text(_ source: WeightFile, _ fit: NameFit?, _ network: Network?) -> String {
    var lines = source.arrays.map { "\($0.name)  \($0.type.rawValue) \($0.shape)" }
    lines += source.ignored.map { "\($0)  not read" }
    let elements = source.arrays.map(\.shape.count).total
    lines.append(
      "\(file): \(source.format.title), \(source.arrays.count) arrays, \(elements) elements")
    lines += source.metadata.map { "  \($0.name): \($0.text)" }
    guard let fit, let network else { return lines.joined(separator: "\n") }
    let named = "\(network.model.name) for \(network.interface)"
    if fit.isComplete {
      lines.append("fits \(named) by the names of \(fit.names.name)")
      lines += fit.counts.map { "  \($0)" }
    } else {
      lines.append("does not fit \(named) by the names of \(fit.names.name):")
      lines += fit.faults.map { "  \($0)" }
    }
    return lines.joined(separator: "\n")
  }

  private func json(_ source: WeightFile, _ fit: NameFit?, _ network: Network?) -> String {
    var members: [(name: String, value: JSON)] = [
      ("schema_version", .integer(1)), ("file", .text(file)), ("format", .text(source.format.title)),
      (
        "arrays",
        .list(
          source.arrays.map {
            .members([
              ("name", .text($0.name)), ("type", .text($0.type.rawValue)),
              ("shape", .list($0.shape.axes.map(JSON.integer))),
            ])
          })
      ),
      ("ignored", .list(source.ignored.map(JSON.text))),
      ("metadata", .members(source.metadata.map { ($0.name, .text($0.text)) })),
    ]
    if let fit, let network {
      members += [
        ("model", .text(network.model.name)), ("names", .text(fit.names.name)),
        ("fits", .flag(fit.isComplete)),
        ("faults", .list(fit.faults.map { .text("\($0)") })),
        ("passed_over", .list(fit.ignored.map(JSON.text))),
      ]
    }
    return JSON.object(members)
  }
}

extension NameFit {
  /// What becomes of arrays, each as a line.
  fileprivate var counts: [String] {
    let fresh = arrays.filter { $0.source == .fresh }.map(\.name)
    let constant = arrays.count {
      if case .constant = $0.source { true } else { false }
    }
    let masks = arrays.count {
      if case .file(let pieces, _, _) = $0.source { pieces.contains { $0.mask != nil } } else { false }
    }
    return [
      "\(arrays.count - fresh.count - constant) arrays are read",
      masks == 0 ? nil : "\(masks) have a mask",
      constant == 0 ? nil : "\(constant) that the file does not have leave what they are given as it is",
      fresh.isEmpty ? nil : "drawn afresh: \(fresh.joined(separator: ", "))",
      ignored.isEmpty
        ? nil
        : "passed over: \(ignored.prefix(8).joined(separator: ", "))"
          + (ignored.count > 8 ? " and \(ignored.count - 8) more" : ""),
    ].compactMap { $0 }
  }
}
