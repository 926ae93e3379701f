import CoppiceExchange
import CoppiceNetworks
import CoppiceTensors
import CoppiceTestSupport
import Foundation
import Testing

/// Models whose weights are too large to lie here, saved by Python as the test runs.
@Suite struct LargeModelTests {
  @Test func logitsAreThoseOfTheLibrarysOwnModels() throws {
    let modules = ["torch", "transformers", "safetensors"]
    guard let python = Python.interpreter(with: modules) else {
      print("large models are not tested: there is no python3 with \(modules.joined(separator: ", "))")
      return
    }
    let folder = try TemporaryFolder()
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Reference/exchange_names.py").standardizedFileURL.path
    let made = try #require(Python.run(python, ["-B", script, folder.path]))
    guard made.status == 0 else {
      // torchvision and timm cannot be asked for: some have to be imported in a way of their own.
      #expect(made.output.contains("ModuleNotFoundError"), "\(made.output)")
      print("large models are not tested: python3 has not all that Tests/Reference/exchange_names.py imports")
      return
    }
    let data = try Data(contentsOf: URL(fileURLWithPath: folder.file("names.json")))
    let cases = try JSONDecoder().decode([LibraryCase].self, from: data)
    #expect(cases.count == 4)
    for library in cases {
      let (network, file) = (
        try library.network(), try WeightFile(folder.file("\(library.name).safetensors"))
      )
      let fit = try NameFit(network, file)
      #expect(fit.faults == [] && fit.names.name == library.names)
      let weights = try fit.weights(network, from: file, fresh: ParameterSet())
      let found = try library.logits(network, weights.parameters, weights.buffers)
      #expect(library.difference(of: found) <= 1e-4, "\(library.name)")
    }
  }
}
