import CoppiceTerms
import Testing

@Suite struct ComponentTests {
  private struct Tree: Component {
    let rings: Int
    let colour: String
    var specification: Specification { Specification("tree", version: 1, [("rings", .integer(rings))]) }
  }

  @Test func isWhatItsSpecificationSays() {
    #expect(Tree(rings: 3, colour: "green") == Tree(rings: 3, colour: "brown"))
    #expect(Tree(rings: 3, colour: "green") != Tree(rings: 4, colour: "green"))
    #expect(Set([Tree(rings: 3, colour: "green"), Tree(rings: 3, colour: "brown")]).count == 1)
    #expect("\(Tree(rings: 3, colour: "green"))" == "tree(rings: 3)")
    #expect(Tree(rings: 3, colour: "green").name == "tree")
  }
}
