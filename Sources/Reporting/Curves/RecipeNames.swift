import CoppiceTerms

/// Recipes by the names of their steps, `train → prune → retrain → quantise`: written out, one is longer than a line. Two recipes that
/// differ in fields of steps alone keep their whole texts.
struct RecipeNames {
  /// What people read, by the text of a recipe or of its list of steps.
  let shown: [String: String]

  /// Names for those of the texts that are recipes.
  init(_ texts: some Sequence<String>) {
    var named: [String: [String]] = [:]
    for text in Set(texts) {
      if let name = Self.name(text) { named[name, default: []].append(text) }
    }
    var shown: [String: String] = [:]
    for (name, texts) in named where texts.count == 1 { shown[texts[0]] = name }
    self.shown = shown
  }

  /// The names of the steps in order; `nil` for what is no recipe.
  private static func name(_ text: String) -> String? {
    let whole = text.hasPrefix("[") ? "recipe(steps: \(text))" : text
    guard whole.hasPrefix("recipe("), let recipe = try? Specification(parsing: whole),
      case .list(let steps)? = recipe.fields.first(where: { $0.name == "steps" })?.value
    else { return nil }
    return steps.map { step in
      if case .component(let component) = step { component.name } else { step.description }
    }.joined(separator: " → ")
  }
}
