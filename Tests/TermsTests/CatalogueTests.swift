import CoppiceTerms
import CoppiceTestSupport
import Testing

struct Tree: Catalogued {
  let specification: Specification

  init(_ name: String, _ fields: [(name: String, value: Specification.Value)] = []) {
    specification = Specification(name, version: 1, fields)
  }

  static let catalogue: Catalogue<Tree> = Catalogue("tree", [.oak, .grafted, .bonsai])
}

extension Shipped<Tree> {
  static let oak = Shipped(Tree("oak"), "the old one", aliases: ["quercus"])

  static let grafted = Shipped(
    Tree("grafted", [("onto", .component(Tree("oak").specification))]), "one on another"
  ) { fields in
    Tree("grafted", [("onto", .component(try fields.component("onto", from: Tree.catalogue).specification))])
  }

  static let bonsai = Shipped(
    Tree("bonsai", [("height", .integer(30))]), "a small one", paper: "Kengo 1350"
  ) { fields in
    let height = try fields.integer("height", in: 1...100)
    guard height != 13 else { throw Unlucky() }
    return Tree("bonsai", [("height", .integer(height))])
  }
  .alsoWritten { word in
    try Int(word).map { height in
      guard height > 0 else { throw Unlucky() }
      return Tree("bonsai", [("height", .integer(height))])
    }
  }

  private struct Unlucky: Error, CustomStringConvertible { let description = "nobody buys it" }
}

@Suite struct CatalogueTests {
  private func sentence(_ text: String) -> String { message { _ = try Tree(parsing: text) } }

  @Test func readsWhatItLists() throws {
    #expect(Tree.all.map(\.name) == ["oak", "grafted", "bonsai"])
    #expect(faults(of: Tree.catalogue, and: [Tree("bonsai", [("height", .integer(3))])]) == [])
    #expect(try Tree.named("bonsai") == Tree("bonsai", [("height", .integer(30))]))
    #expect(try Tree.named("quercus") == Tree("oak"))
    #expect(try Tree(parsing: "quercus") == Tree("oak"))
    #expect(try Tree(parsing: "12") == Tree("bonsai", [("height", .integer(12))]))
    #expect(Tree.catalogue.shipped.map(\.paper) == [nil, nil, "Kengo 1350"])
  }

  @Test func componentsStandInComponents() throws {
    let onBonsai = try Tree(parsing: "grafted(onto: bonsai(height: 4))")
    #expect("\(onBonsai)" == "grafted(onto: bonsai(height: 4))")
    #expect(try Tree(parsing: "grafted(onto: 4)") == onBonsai)
    #expect(try Tree(parsing: "grafted(onto: grafted(onto: 4))").description == "grafted(onto: \(onBonsai))")
    #expect(sentence("grafted") == "grafted needs onto: write grafted(onto: …) with a tree")
    #expect(sentence("grafted(onto: [oak])") == "onto of grafted is [oak], but must be a tree")
    #expect(
      sentence("grafted(onto: oek)")
        == "there is no tree named \"oek\"; did you mean \"oak\"? There are: oak, grafted, bonsai")
    #expect(sentence("grafted(onto: oak(age: 3))") == "oak has no field named \"age\"; it has none")
  }

  @Test func whatIsNotListedIsNeverAnotherComponent() {
    #expect(sentence("elm") == "there is no tree named \"elm\". There are: oak, grafted, bonsai")
    #expect(sentence("1.5") == "there is no tree named \"1.5\". There are: oak, grafted, bonsai")
    #expect(throws: ComponentError.unknown("tree", "elm", known: Tree.catalogue.names)) {
      try Tree.named("elm")
    }
    #expect(throws: ComponentError.self) { try Tree.named("12") }
    #expect(
      sentence("oak(") == "\"oak(\" cannot be read: a name or a value is missing at character 5; "
        + "write it as name(field: value, field: [value, value])")
    #expect(sentence("12(x: 1)") == "12 has no field named \"x\"; it has none")
    #expect(sentence("bonsai(height: 13)") == "bonsai(height: 13): nobody buys it")
    #expect(sentence("0") == "0: nobody buys it")
    #expect(sentence("bonsai(height: 101)") == "height of bonsai is 101, but must be a whole number in 1…100")
  }

  @Test func faultsAreFound() {
    let careless = Catalogue<Tree>(
      "tree", [Shipped(Tree("oak"), "first."), Shipped(Tree("oak", [("ageNow", .integer(1))]), "")])
    #expect(
      faults(of: careless) == [
        "a name is there twice", "oak has no field named \"ageNow\"; it has none",
        "the summary of oak is not one line without a full stop", "oak is not the one of its name",
        "ageNow of oak is not in kebab-case", "the summary of oak is not one line without a full stop",
      ])
  }
}
