import CoppiceStore
import CoppiceTestSupport
import Foundation
import Testing

@Suite struct TrialNotesTests {
  @Test func whatIsNotedIsReadAgain() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("notes.json")
    #expect(try TrialNotes(path).entries.isEmpty)
    _ = try TrialNotes.change(path) {
      $0["b"] = .init(tags: ["good"], note: "a \"quoted\" line\nand another")
    }
    let changed = try TrialNotes.change(path) { $0["a"].tags = ["x", "y"] }
    #expect(try TrialNotes(path) == changed)
    #expect(changed["b"].note == "a \"quoted\" line\nand another" && changed["a"].tags == ["x", "y"])
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(
      text == """
        {
          "schema_version": 1,
          "trials": {
            "a": {"tags": ["x", "y"], "note": ""},
            "b": {"tags": ["good"], "note": "a \\"quoted\\" line\\nand another"}
          }
        }

        """)
    // What is taken off goes, and its trial with it.
    _ = try TrialNotes.change(path) { $0["a"].tags = [] }
    #expect(try TrialNotes(path).entries.keys.sorted() == ["b"])
  }

  @Test func changesAtOnceAreAllKept() async throws {
    let folder = try TemporaryFolder()
    let path = folder.file("notes.json")
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<20 {
        group.addTask { _ = try? TrialNotes.change(path) { $0["t\(number)"].tags = ["n"] } }
      }
    }
    #expect(try TrialNotes(path).entries.count == 20)
  }

  @Test(arguments: [
    "", "{", "[]", "{}", #"{"trials": {"a": 3}}"#, #"{"trials": {"a": {"tags": [3]}}}"#,
    #"{"trials": {"a": {"tags": ["two words"]}}}"#, #"{"schema_version": 2, "trials": {}}"#,
  ])
  func whatIsNoNoteIsRefusedAndStays(text: String) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("notes.json")
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    #expect(throws: StoreError.self) { try TrialNotes(path) }
    #expect(throws: StoreError.self) { try TrialNotes.change(path) { $0["a"].tags = ["x"] } }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
  }

  @Test func tagsAreWords() {
    #expect(["good", "a1", "see-fig.2", "x_y"].allSatisfy(TrialNotes.isTag))
    #expect(
      ["", "two words", "-a", "a,b", "é", String(repeating: "a", count: 65)].allSatisfy {
        !TrialNotes.isTag($0)
      })
  }
}
