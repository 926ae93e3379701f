/// The stages of a trial: each once, parents before children.
package struct StageGraph: Sendable {
  private var known: [StageKey: any Stage] = [:]
  private var order: [StageKey] = []

  package init() {}

  /// The stage of that key, if it was added.
  package subscript(key: StageKey) -> (any Stage)? { known[key] }

  /// Adds a stage, unless it is there already, and gives its key. Its parents must have been added.
  @discardableResult
  package mutating func add(_ stage: some Stage) -> StageKey {
    if known[stage.key] == nil {
      known[stage.key] = stage
      order.append(stage.key)
    }
    return stage.key
  }

  /// Some stages and all they depend on, in the order in which they were added.
  package func stages(neededBy keys: [StageKey]) -> [any Stage] {
    var needed: Set<StageKey> = []
    var open = keys
    while let key = open.popLast() {
      if needed.insert(key).inserted { open += known[key]?.parents ?? [] }
    }
    return order.filter(needed.contains).compactMap { known[$0] }
  }
}
