import CoppiceReporting
import CoppiceStore
import Testing

@Suite struct RecipeNamesTests {
  private static let recipes = [
    "recipe(steps: [train, prune(sparsity: 0.8), retrain])",
    "recipe(steps: [train, prune(sparsity: 0.8), retrain, quantise(bits: 8, calibration: min-max(batches: 10))])",
  ]

  private static func rows(_ recipes: [String]) -> [IndexRow] {
    recipes.flatMap { recipe in
      IndexRows.grid().filter { $0.criterion == "magnitude" && $0.targetSparsity == 0.8 }.map { row in
        var row = row
        row.trial = "\(recipe) \(row.trial)"
        row.settings = [.init("recipe", .text(recipe))]
        return row
      }
    }
  }

  @Test func recipesAreNamedByTheirSteps() throws {
    let set = try CurveSet(Self.rows(Self.recipes))
    let names = ["train → prune → retrain", "train → prune → retrain → quantise"]
    #expect(set.curves.map(\.label) == names)
    let table = try set.table()
    for name in names { #expect(table.text().contains(name) && table.markdown.contains(name)) }
    // Programs read what the index has.
    #expect(Self.recipes.allSatisfy(table.commaSeparated.contains))
  }

  @Test func recipesThatDifferInFieldsAreWhole() throws {
    let other = "recipe(steps: [train, prune(sparsity: 0.9), retrain])"
    let set = try CurveSet(Self.rows([Self.recipes[0], other]))
    #expect(set.curves.map(\.label) == [Self.recipes[0], other].map { "recipe = \($0)" })
  }
}
