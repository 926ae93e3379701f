import CoppiceLaboratory
import Testing

@Suite struct StageGraphTests {
  private let dense = Node("dense", steps: 30)
  private var pruning: Node { Node("pruning", after: [dense]) }
  private var ticket: Node { Node("ticket", after: [pruning], steps: 30) }
  private var other: Node { Node("other", after: [dense]) }

  private var graph: StageGraph {
    var graph = StageGraph()
    for stage in [dense, other, pruning, ticket] { graph.add(stage) }
    return graph
  }

  @Test func aStageIsAddedOnce() {
    var graph = StageGraph()
    #expect(graph.add(dense) == dense.key)
    #expect(graph.add(pruning) == pruning.key)
    // What is no part of the key, such as a guess of the steps, stays what it was.
    #expect(graph.add(Node("dense", steps: 7)) == dense.key)
    #expect(graph[dense.key]?.steps == 30)
    #expect(graph[ticket.key] == nil)
    #expect(graph.stages(neededBy: [pruning.key]).map(\.key) == [dense.key, pruning.key])
  }

  @Test func whatIsNeededComesInTheOrderInWhichItWasAdded() {
    #expect(graph.stages(neededBy: [ticket.key]).map(\.key) == [dense, pruning, ticket].map(\.key))
    #expect(graph.stages(neededBy: [other.key]).map(\.key) == [dense, other].map(\.key))
    // Each once, whoever needs it, and whatever the order in which it is asked for.
    #expect(
      graph.stages(neededBy: [ticket.key, other.key, dense.key]).map(\.key)
        == [dense, other, pruning, ticket].map(\.key))
    #expect(graph.stages(neededBy: []).isEmpty)
  }

  @Test func whatWasNotAddedIsNoStage() {
    var graph = StageGraph()
    graph.add(ticket)
    #expect(graph.stages(neededBy: [ticket.key, other.key]).map(\.key) == [ticket.key])
  }
}
