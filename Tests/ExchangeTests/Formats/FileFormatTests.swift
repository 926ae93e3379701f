import CoppiceTestSupport
import Foundation
import Testing

@testable import CoppiceExchange

/// Files that are of no format, or of none that is read.
@Suite struct FileFormatTests {
  private func message(_ bytes: [UInt8]) throws -> String {
    let folder = try TemporaryFolder()
    let path = folder.file("a.safetensors")
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return CoppiceTestSupport.message { _ = try WeightFile(path) }
  }

  private func refusal(of name: String) -> String {
    CoppiceTestSupport.message { _ = try WeightFile(WeightFixtures.path(name)) }
  }

  @Test func filesOfNoFormatAreNamed() throws {
    #expect(try message([]).contains("it is empty"))
    #expect(try message([1, 2, 3]).contains("it begins as none of safetensors, npy, npz, torch, Keras"))
    #expect(try message(Array("version https://git-lfs.github.com/spec/v1\n".utf8)).contains("git lfs pull"))
    #expect(refusal(of: "plain.pkl").contains("it is a pickle of Python, which would have to be executed"))
    #expect(refusal(of: "model.keras").contains("save its weights alone: model.save_weights"))
  }

  /// What would have been called is named, and nothing is.
  @Test func whatWouldBeExecutedIsNamed() {
    #expect(
      refusal(of: "evil.pt").contains("its pickle would call posix.system; nothing in a file is executed"))
    #expect(refusal(of: "options.pt").contains("would call argparse.Namespace"))
    #expect(refusal(of: "program.pt").contains("it holds a program (TorchScript)"))
    #expect(refusal(of: "repeated.pt").contains("weight of shape [3, 4] repeats elements"))
    #expect(refusal(of: "objects.npy").contains("it holds Python objects, which would have to be executed"))
    #expect(refusal(of: "table.npy").contains("it is a table and no array of numbers"))
    #expect(refusal(of: "chunks.h5").contains("an array lies in chunks"))
  }

  @Test func whatIsNoFileIsNamed() {
    let missing = #expect(throws: ExchangeError.self) { _ = try WeightFile("/no/such/file") }
    #expect(missing?.exitCode == .inputMissing)
    let folder = #expect(throws: ExchangeError.self) { _ = try WeightFile("/") }
    #expect(folder?.exitCode == .badData)
  }

  /// Cut off anywhere, a file is refused, or none of its arrays is another.
  @Test(arguments: [
    "types.safetensors", "types.npz", "packed.npz", "types.pt", "former.pt", "types.h5", "one.npy",
  ])
  func filesThatAreCutOffAreRefused(_ name: String) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a")
    let bytes = try WeightFixtures.bytes(name)
    for count in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 200)) {
      try Data(bytes.prefix(count)).write(to: URL(fileURLWithPath: path))
      let error = #expect(throws: ExchangeError.self, "\(count) of \(bytes.count) bytes") {
        _ = try WeightFile(path)
      }
      #expect(error?.exitCode == .badData)
    }
  }
}
