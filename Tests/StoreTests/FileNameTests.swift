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
}
