import CoppiceLaboratory
import Testing

@Suite struct DigestListTests {
  private let digest = String(repeating: "0a", count: 32)

  @Test func aListComesBack() throws {
    let list = DigestList(numerics: 5, [("one-seed0-01234567", digest), ("two words", digest)])
    let read = try DigestList(parsing: list.text, of: "digests.txt")
    #expect(read.numerics == 5 && read.text == list.text)
    #expect(read["two words"] == digest && read["three"] == nil)
  }

  @Test func whatIsNoListIsRefused() {
    let head = "# SHA-256 of the results of each trial, numerics 5\n"
    for (text, line) in [("", 1), ("x", 1), (head + "x", 2), (head + "\(digest)  a\n\(digest)  ../b", 3)] {
      let error = #expect(throws: DigestListError.self) { _ = try DigestList(parsing: text, of: "here") }
      #expect(error?.description.hasPrefix("here is no list of digests: line \(line) ") == true)
      #expect(error?.exitCode == .badData)
    }
  }
}
