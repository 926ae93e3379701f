import ArgumentParser

/// What is said of a file of ONNX alone.
struct ONNXOptions: ParsableArguments {
  @Option(help: "The number of examples that an ONNX file takes at once; any number where not said.")
  var batch: Int?

  @Flag(
    help: """
      Store weights of an ONNX file as survivors and places where that is smaller (sparse_initializer). onnxruntime reads it; the full \
      check of the onnx package refuses it for some operators.
      """)
  var sparse = false

  func validate() throws {
    if let batch, !(1...1_000_000).contains(batch) {
      throw ValidationError("--batch is a number of examples, 1 to 1000000, not \(batch)")
    }
  }

  /// Refuses them for another format, and what other formats are asked for with ONNX.
  func check(_ target: ExportTarget, names: String, torchPruneKeys: Bool) throws {
    if target != .onnx, batch != nil || sparse {
      throw CommandFailure(
        "--batch and --sparse are of ONNX files, and the format is \(target.name)", CommandFailure.usage)
    }
    if target == .onnx, names != "own" || torchPruneKeys {
      throw CommandFailure(
        "an ONNX file names arrays as its operators read them: --names and --torch-prune-keys are of files of weights",
        CommandFailure.usage)
    }
  }
}
