import CoppiceTestSupport
import Foundation
import Testing

/// A network that PyTorch has trained comes in, and a smaller one that onnxruntime runs goes out.
@Suite struct PipelineTests {
  /// Where MNIST lies: `$COPPICE_DATA`, or the folder of data beside the repository.
  private static let data: String? = {
    let named = ProcessInfo.processInfo.environment["COPPICE_DATA"].map { [$0] } ?? []
    let beside = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../../../shared/data")
      .standardized.path
    return (named + [beside]).first { folder in
      let files = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
      return files.contains { $0.contains("train-images") }
    }
  }()
  private static let script = URL(fileURLWithPath: #filePath)
    .appendingPathComponent("../../../Reference/pipeline.py").standardized.path

  @Test func fromPyTorchToOnnxruntime() throws {
    guard let data = Self.data else {
      return print("skipped: no MNIST is found (set COPPICE_DATA)")
    }
    guard let python = Python.interpreter(with: ["torch", "onnxruntime", "numpy"]) else {
      return print("skipped: no Python with torch and onnxruntime is found (set COPPICE_PYTHON)")
    }
    func reference(_ arguments: [String]) throws -> Double {
      let outcome = try #require(Python.run(python, [Self.script] + arguments))
      #expect(outcome.status == 0, "\(outcome.output)")
      let last = outcome.output.split(whereSeparator: \.isWhitespace).last.map(String.init) ?? ""
      return try #require(Double(last), "\(outcome.output)")
    }
    let program = try Program()
    let (weights, small) = (program.folder.file("trained.pt"), program.folder.file("small.onnx"))
    let trained = try reference(["train", data, weights])
    let outcome = try program.run([
      "prune", weights, "--model", "lenet-300-100", "--dataset", "mnist", "--data", data, "--sparsity", "0.5",
      "--structured", "--fine-tune", "300it", "--quantise", "--set", "measure=none", "--quiet", "-o", small,
      "--json",
    ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let networks = try #require(try object(outcome.output)["networks"] as? [[String: Any]])
    func number(_ place: Int, _ name: String) throws -> Double {
      try #require(networks[place][name] as? Double)
    }
    // What came in is the network that PyTorch had.
    #expect(abs(try number(0, "test_accuracy") - trained) <= 2e-4)
    let last = networks.count - 1
    #expect(try number(last, "test_accuracy") > 0.95)
    #expect(try number(last, "bytes") < 0.2 * number(0, "bytes"))
    // A thousandth of the test set, or two examples.
    #expect(abs(try reference(["run", data, small]) - number(last, "test_accuracy")) <= 1e-3)
  }
}
