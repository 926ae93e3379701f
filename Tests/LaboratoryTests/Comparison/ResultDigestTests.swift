import CoppiceLaboratory
import CoppiceStore
import CoppiceTestSupport
import Foundation
import Testing

@Suite struct ResultDigestTests {
  private static let python = Python.interpreter(with: ["h5py", "numpy"])

  /// The published test vector of SHA-256 (FIPS 180-4), over bytes and over a file.
  @Test func aTextHasItsDigest() throws {
    let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    #expect(ResultDigest.text(of: Array("abc".utf8)) == expected)
    let folder = try TemporaryFolder()
    try Data("abc".utf8).write(to: URL(fileURLWithPath: folder.file("abc")))
    #expect(try ResultDigest.text(ofFile: folder.file("abc")) == expected)
  }

  /// The canonical form, written anew in Python from its description, has the same digest.
  @Test(.enabled(if: python != nil, "Python with h5py and numpy"))
  func aScriptThatReadsTheFileAgrees() throws {
    let python = try #require(Self.python)
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Reference/trial_digest.py").standardizedFileURL.path
    let folder = try TemporaryFolder()
    let path = folder.file("t.h5")
    try TrialFile.write(PartingTests.record(), to: path)
    let outcome = try #require(Python.run(python, [script, path]))
    #expect(outcome.output == "\(try TrialFile(path).record().sha256)  t\n", "\(outcome.output)")
  }
}
