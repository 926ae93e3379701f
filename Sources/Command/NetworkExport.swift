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
  /// `nil` for a compacted network in HDF5.
  private let target: ExportTarget?

  /// - Throws: a usage failure where the name says no format, an input/output failure where there is no folder.
  init(_ path: String) throws {
    self.path = path
    guard let target = Self.target(path) else {
      let endings = (ExportTarget.all.map(\.ending) + [".h5"]).joined(separator: ", ")
      throw CommandFailure("a network is written to a file that ends with \(endings), not to \(path)", .usage)
    }
    self.target = target
    let folder = (path as NSString).deletingLastPathComponent
    guard folder.isEmpty || FileManager.default.fileExists(atPath: folder) else {
      throw CommandFailure(
        "the network cannot be written to \(path): there is no folder \(folder)", .inputOutput)
    }
    guard FileKind(at: path) != nil, !ExportTarget.isOwn(path), (try? CompactedFile(path)) == nil else {
      return
    }
    throw CommandFailure(
      "the network is not written over \(path), which is there and is no network; choose another name", .usage
    )
  }

  private static func target(_ path: String) -> ExportTarget?? {
    path.lowercased().hasSuffix(".h5") ? .some(nil) : (try? ExportTarget(nil, file: path)).map { .some($0) }
  }

  /// Writes the network of the last round of a trial, with its codes where it is quantised. Units of which nothing is left are cut out.
  func write(_ record: TrialRecord, _ library: DataLibrary) throws -> Written {
    guard let round = record.rounds.last else {
      throw CommandFailure("\(record.trial) has no round to write", .badData)
    }
    let stored = try StoredNetwork(record, library: library)
    let network = try CompactedNetwork(stored.regimen.model, round)
    if let target {
      try write(ExportedNetwork(round, of: stored, isCompacted: true), as: target, of: record.trial)
    } else {
      try network.file(trial: record.trial, round: round.index, configuration: record.configuration)
        .write(to: path)
    }
    return Written(
      path: path, parameters: network.parameters.reduce(0) { $0 + $1.tensor.shape.count },
      isSmaller: !network.compacted.isEmpty, command: command)
  }

  private func write(_ exported: ExportedNetwork, as target: ExportTarget, of trial: String) throws {
    let texts = [(name: "trial", text: trial)]
    switch target {
    case .weights(let format):
      let arrays = try NameMap.own.written(
        exported.network, exported.parameters, exported.buffers, masks: exported.masks, as: .beside)
      try format.write(
        arrays.map(\.weightArray),
        metadata: format == .safetensors
          ? [("format", "pt"), ("model", "\(exported.network.model)")] + texts : [], to: path)
    case .onnx:
      try ONNXFile(
        exported.network, exported.parameters, exported.buffers, masks: exported.masks,
        quantisation: exported.quantisation, metadata: texts.map { ($0.name, $0.text) }
      ).write(to: path)
    }
  }

  private var command: String {
    let file = JSON.text(path).text
    let python: String? =
      switch target {
      case .weights(.safetensors):
        "from safetensors.torch import load_file; print({n: tuple(a.shape) for n, a in load_file(\(file)).items()})"
      case .weights(.npz):
        "import numpy; print({n: a.shape for n, a in numpy.load(\(file)).items()})"
      case .weights(.torch):
        "import torch; print({n: tuple(a.shape) for n, a in torch.load(\(file)).items()})"
      case .onnx:
        "import onnxruntime; print([(i.name, i.shape) for i in onnxruntime.InferenceSession(\(file)).get_inputs()])"
      case nil: nil
      }
    return ShellWord.line(python.map { ["python", "-c", $0] } ?? [ProgramName.current, "profile", path])
  }
}
