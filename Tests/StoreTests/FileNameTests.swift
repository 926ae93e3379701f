import CoppiceStore
import Testing

@Suite struct FileNameTests {
  @Test func shortNamesStayAsTheyAre() {
    for name in ["", "a", "magnitude-one-shot", String(repeating: "a", count: 100)] {
      #expect(FileName.shortened(name) == name)
    }
  }

  @Test func longNamesAreCutAndToldApart() {
    let long = String(repeating: "a", count: 230)
    #expect(FileName.shortened(long) == String(repeating: "a", count: 91) + "-b83a6465")
    #expect(FileName.shortened(long + "b") != FileName.shortened(long + "c"))
    #expect(FileName.shortened(long, to: 40).utf8.count == 40)
    #expect(FileName.shortened(FileName.shortened(long)) == FileName.shortened(long))
  }

  /// A limit of bytes, not of letters; no letter is cut in two.
  @Test func lettersOfSeveralBytesAreNotCut() {
    for letter in ["é", "森", "👩‍👩‍👧‍👦"] {
      let name = FileName.shortened(String(repeating: letter, count: 200))
      #expect(name.utf8.count <= 100)
      #expect(name.dropLast(9).allSatisfy { String($0) == letter })
    }
  }

  @Test(
    arguments: [
      "", ".", "..", "../evil", "/", "/tmp", "a/b", "-a", "--as", ".hidden", "stages", "Stages", "a\nb",
      "a\tb", "a\0b",
      "\u{1b}[31m", "a\u{2028}b", " a", "a/\u{301}b", "\u{301}a", "a\r\n", "\u{7f}",
    ]) func namesThatLeadElsewhereAreNoFolders(name: String)
  {
    #expect(!FileName.isFolder(name))
  }

  @Test(arguments: [
    "a", "quickstart@12ab34cd", "my sweep, 2nd", "2026", "_a", "été", "実験", "stages-2", "a.b-c=d", "½",
  ])
  func otherNamesAre(name: String) { #expect(FileName.isFolder(name)) }
}
