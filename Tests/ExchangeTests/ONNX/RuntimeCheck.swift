import CoppiceAutodiff
import CoppiceExchange
import CoppiceTensors
import CoppiceTestSupport
import Foundation
import Testing

/// Files of ONNX and what they must compute, held against the onnx package and onnxruntime by Tests/Reference/onnx_check.py.
struct RuntimeCheck {
  /// An interpreter that has them, or `nil`.
  static let python = Python.interpreter(with: ["numpy", "onnx", "onnxruntime"])

  /// What goes into a run, or comes out of it.
  struct Array {
    let shape: Shape
    let type: String
    let data: [Double]

    init(_ shape: Shape, _ scalars: [Float]) {
      (self.shape, type, data) = (shape, "float32", scalars.map(Double.init))
    }

    init(_ type: ValueType, _ array: ReferenceArray) {
      let names: [ElementType: String] = [.float32: "float32", .int32: "int32", .byte: "uint8"]
      (shape, self.type, data) = (type.shape, names[type.element] ?? "", array.scalars)
    }

    fileprivate var json: [String: Any] { ["shape": shape.axes, "type": type, "data": data] }
  }

  typealias Run = (inputs: [String: Array], outputs: [String: Array])

  let folder = try? TemporaryFolder()

  /// Adds a file with what it must compute.
  /// - Parameters:
  ///   - isChecked: whether the full check of the onnx package must pass.
  ///   - tolerance: the largest difference in largest outputs, or in codes of outputs.
  ///   - codes: the codes in which outputs are compared.
  ///   - choices: whether rows are compared by their greatest element, and `tolerance` is how many may differ.
  func add(
    _ name: String, _ file: ONNXFile, isChecked: Bool = true, tolerance: Double = 1e-4,
    codes: AffineCode? = nil, choices: Bool = false, _ runs: [Run]
  ) throws {
    let folder = try #require(folder)
    try file.write(to: folder.file("\(name).onnx"))
    var json: [String: Any] = [
      "file": "\(name).onnx", "checked": isChecked, "tolerance": tolerance, "choices": choices,
      "runs": runs.map { run in
        ["inputs": run.inputs.mapValues(\.json), "outputs": run.outputs.mapValues(\.json)]
      },
    ]
    if let codes { json["codes"] = [Double(codes.scale), Double(codes.zero)] }
    try JSONSerialization.data(withJSONObject: json).write(
      to: URL(fileURLWithPath: folder.file("\(name).json")))
  }

  /// Runs all of them.
  func verify() throws {
    let (folder, python) = (try #require(folder), try #require(Self.python))
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Reference/onnx_check.py").standardizedFileURL.path
    let outcome = try #require(Python.run(python, [script, folder.path]))
    #expect(outcome.status == 0, "\(outcome.output)")
    if ProcessInfo.processInfo.environment["COPPICE_SHOW"] != nil { print(outcome.output) }
  }
}
