import Testing

/// The reader of sources, on small texts.
@Suite struct SourceTreeTests {
  @Test func findsImportsOfEveryKind() {
    let text = """
      // import Commented
      /// import Documented
      import A
      @_exported import B
      @preconcurrency import C
      package import D
      import struct E.Part
      import func F.call
      #if os(Linux)
        import G  // a remark
      #endif
      let important = "import Quoted"
      let text = \"\"\"
      import Quoted
      \"\"\"
      import H
      """
    #expect(modules(importedBy: text) == ["A", "B", "C", "D", "E", "F", "G", "H"])
  }

  @Test func findsErrors() {
    let text = """
      /// An enum Documented: Error {
      public enum Public: Error, Hashable { case a }
      package struct Packaged: Hashable, Error, CustomStringConvertible {
      }
      struct Reported: ReportedError {}
      enum Terror: Codable {}
      private final class Nested: Swift.Error {}
      extension Public: ReportedError {}
      extension Packaged: Sendable {}
      """
    #expect(errors(declaredBy: text) == ["Public", "Packaged", "Reported", "Nested"])
    #expect(["Public", "Reported"].allSatisfy { reports($0, text) })
    #expect(["Packaged", "Nested", "Pub"].allSatisfy { !reports($0, text) })
  }

  @Test func foldersOfFoldersAreFound() throws {
    let folders = try SourceTree.foldersBelow("Sources/Laboratory")
    #expect(folders.contains("Recipes") && folders.contains("Recipes/Schedules"))
    #expect(try SourceTree.foldersBelow("Tests/StoreTests") == ["Metrics"])
  }

  @Test func thisFileIsAmongTheFiles() throws {
    #expect(
      try SourceTree.swiftFiles(in: "Tests/StructureTests").contains(
        "Tests/StructureTests/SourceTreeTests.swift"))
    #expect(try SourceTree.imports(in: "Tests/StructureTests") == ["Foundation", "Testing"])
  }
}
