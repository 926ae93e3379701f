import Coppice
import CoppiceExchange
import CoppiceStore
import Foundation

/// A file that what is left of a network is written to, in a format that its name says.
struct NetworkExport {
  /// What was written.
  struct Written {
    let path: String
    let parameters: Int
    /// Whether whole units are cut out, so that the arrays are smaller.
    let isSmaller: Bool
    /// The command that loads it.
    let command: String
  }

  private let path: String
  private let isSafetensors: Bool

  /// - Throws: a usage failure where the name says no format, an input/output failure where there is no folder.
  init(_ path: String) throws {
    self.path = path
    switch (path as NSString).pathExtension.lowercased() {
    case "safetensors": isSafetensors = true
    case "h5": isSafetensors = false
    default:
      throw CommandFailure("a network is written to .safetensors or .h5, not to \(path)", .usage)
    }
    let folder = (path as NSString).deletingLastPathComponent
    guard folder.isEmpty || FileManager.default.fileExists(atPath: folder) else {
      throw CommandFailure(
        "the network cannot be written to \(path): there is no folder \(folder)", .inputOutput)
    }
    if let kind = FileKind(at: path), kind != .file {
      throw CommandFailure("the network cannot be written to \(path): it is \(kind.rawValue)", .inputOutput)
    }
  }

  /// Writes the network of the last round of a trial; units of which nothing is left are cut out.
  func write(_ record: TrialRecord, _ whole: Network) throws -> Written {
    guard let round = record.rounds.last else {
      throw CommandFailure("\(record.trial) has no round to write", .badData)
    }
    let network = try CompactedNetwork(whole, round)
    if isSafetensors {
      let arrays = network.parameters.weightArrays + network.buffers.weightArrays
      try WeightFormat.safetensors.write(
        arrays,
        metadata: [
          ("format", "pt"), ("model", whole.model.specification.description), ("trial", record.trial),
        ], to: path)
    } else {
      try network.file(trial: record.trial, round: round.index, configuration: record.configuration)
        .write(to: path)
    }
    return Written(
      path: path, parameters: network.parameters.reduce(0) { $0 + $1.tensor.shape.count },
      isSmaller: !network.compacted.isEmpty, command: command)
  }

  private var command: String {
    let words =
      isSafetensors
      ? [
        "python", "-c",
        "from safetensors.torch import load_file; print({n: tuple(t.shape) for n, t in load_file(\"\(path)\").items()})",
      ] : [ProgramName.current, "profile", path]
    return ShellWord.line(words)
  }
}
