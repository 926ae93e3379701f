import CoppiceLaboratory
import CoppiceStore
import Testing

@Suite struct DeclaredCountsTests {
  @Test(arguments: [(4, 0), (5, 1), (3, 1)]) func countsAreThoseDeclared(count: Int, slack: Int) {
    let found = Sights.found("declared-counts") { $0.declared = (count, slack) }
    #expect(found == InvariantRecord("declared-counts"))
    #expect(Sights.found("declared-counts") == nil)
  }

  @Test(arguments: [(5, 0), (3, 0), (6, 1)]) func anotherCountBreaksIt(count: Int, slack: Int) {
    let found = Sights.found("declared-counts") { $0.declared = (count, slack) }
    #expect(found?.fault?.contains("4 weights are active, and \(count) are declared") == true)
  }
}
