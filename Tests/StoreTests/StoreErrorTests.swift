import CoppiceHDF5
import CoppiceStore
import CoppiceTerms
import Foundation
import Testing

@Suite struct StoreErrorTests {
  private static func file(_ code: Int32) -> StoreError {
    .file(HDF5Error(systemCall: "open", file: "/x", errno: code))
  }

  @Test(arguments: [
    (file(ENOENT), FailureCode.inputMissing), (file(EAGAIN), .tryAgain), (file(ENOSPC), .inputOutput),
    (file(EACCES), .inputOutput),
    (.file(HDF5Error(call: "open", file: "/x", message: "truncated file")), .badData),
    (.newerFormat(file: "/x", kind: "a", found: "9.0", supported: "1.0"), .badData),
    (.otherFormat(file: "/x", found: nil, expected: "a"), .badData),
    (.fewerRows(file: "/x", stored: 2, offered: 1), .usage),
  ])
  func endsWithTheDocumentedCode(error: StoreError, code: FailureCode) { #expect(error.exitCode == code) }
}
