import CoppiceLaboratory
import CoppiceStore
import CoppiceTerms

/// A stage that is nothing but a name, what it builds on, and how many steps it makes.
struct Node: Stage {
  let name: String
  let key: StageKey
  let parents: [StageKey]
  let work: StageWork
  let within: StageKey?

  init(
    _ name: String, after parents: [Node] = [], steps: Int = 0, within longer: Node? = nil,
    runsAlone: Bool = false
  ) {
    self.name = name
    key = StageKey(Specification("node", version: 1, [("name", .text(name))]))
    self.parents = parents.map(\.key)
    within = longer?.key
    work = StageWork(kind: nil, steps: steps, runsAlone: runsAlone)
  }

  func run(_ context: StageContext) -> StageRecord { StageRecord(key: key.hexadecimal) }
}
