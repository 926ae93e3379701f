import CoppiceTerms

/// A network that cannot be written as an ONNX file.
package enum ONNXError: Error, Hashable, Sendable {
  /// An operation of it is none of ONNX.
  case operation(model: String, reason: String)
  /// It is made for one number of examples in a batch.
  case fixedBatch(model: String)
  /// It takes something beside the examples.
  case furtherInput(model: String, String)
  /// Its weights are not those of the network.
  case weights(model: String, reason: String)
  /// It would be larger than the format allows.
  case tooLarge(model: String, bytes: Int)
}

extension ONNXError: ReportedError {
  package var description: String {
    switch self {
    case .operation(let model, let reason): "\(model) cannot be written as ONNX: \(reason)"
    case .fixedBatch(let model):
      "\(model) does other things to batches of another size, so that its ONNX file needs one: give a number of examples"
    case .furtherInput(let model, let name):
      "\(model) takes \(name) beside its examples, and a file of ONNX would have to be given it at every run"
    case .weights(let model, let reason):
      "these are not the weights of \(model), which therefore cannot be written as ONNX: \(reason)"
    case .tooLarge(let model, let bytes):
      "\(model) takes \(bytes) bytes as ONNX, and such a file holds \(ONNXFile.mostBytes) at most: write safetensors instead"
    }
  }

  package var exitCode: FailureCode { .badData }
}
