import CoppiceAutodiff
import CoppiceNetworks
import CoppiceTensors
import Testing

/// What a person is told of what goes together.
struct AxisExplanationTests {
  private func families(_ model: Model, _ interface: Interface) throws -> [AxisExplanation.Family] {
    AxisExplanation(try Network(model, interface).forward(batch: 1, isTraining: false)).families
  }

  private func text(_ family: AxisExplanation.Family) -> [String] {
    family.parts.map { "\($0.leaf) \($0.axis): \($0.places) of \($0.shape[$0.axis])" }
  }

  @Test func unitsAndWhatTheyGoThrough() throws {
    let families = try families(.lenet([3, 4], hidden: 5), .images([1, 16, 16], classes: 2))
    let removable = families.filter { $0.reason == nil }
    #expect(removable.map(\.count) == [3, 4, 5])
    #expect(
      removable.map(text) == [
        ["conv1.weight 0: 1 of 3", "conv1.bias 0: 1 of 3", "conv2.weight 1: 1 of 3"],
        ["conv2.weight 0: 1 of 4", "conv2.bias 0: 1 of 4", "fc1.weight 1: 1 of 4"],
        ["fc1.weight 0: 1 of 5", "fc1.bias 0: 1 of 5", "fc2.weight 1: 1 of 5"],
      ])
    // A filter, its bias and what the next convolution reads of it.
    #expect(removable.map(\.parameters) == [25 + 1 + 4 * 25, 3 * 25 + 1 + 5, 4 + 1 + 2])
    #expect(removable[1].labels == ["channel"] && removable[2].labels == [])
    #expect(
      removable[2].operations.map { "\($0.primitive) in \($0.scope)" } == ["affine in fc1", "affine in fc2"])
  }

  @Test func whyTheRestCannotGo() throws {
    let families = try families(.lenet([3, 4], hidden: 5), .images([1, 16, 16], classes: 2))
    let fixed = families.filter { $0.reason != nil }.map { ($0.parts[0], $0.reason ?? "") }
    let reasons = Dictionary(
      fixed.map { ("\($0.0.leaf) \($0.0.axis)", $0.1) }, uniquingKeysWith: { first, _ in first })
    #expect(reasons["conv1.weight 1"] == "reaches the input inputs")
    #expect(reasons["fc2.weight 0"] == "reaches the output logits")
    #expect(reasons["conv2.weight 2"] == "convolution in conv2 needs all of axis 2 of conv2.weight")
    #expect(reasons.count == 6)
  }

  /// Every group of the graph is told of, once.
  @Test(arguments: Family.all) func familiesAreTheGroups(family: Family) throws {
    let network = try family.traced()
    let forward = try network.forward(batch: 1, isTraining: false)
    let explanation = AxisExplanation(forward)
    let groups = forward.axisGroups(withStates: true)
    #expect(explanation.families.reduce(0) { $0 + $1.count } == groups.count)
    let removable = explanation.families.filter { $0.reason == nil }
    #expect(removable.reduce(0) { $0 + $1.count } == groups.count { !$0.isFixed })
    let whole = network.declarations.reduce(0) { $0 + $1.shape.count }
    for group in groups where !group.isFixed {
      let kept = try forward.keptAxes(without: group.slices)
      let left = network.declarations.reduce(0) { $0 + kept.shape($1.name, $1.shape).count }
      let names = group.slices.map { "\($0.parameter) \($0.axis)" }
      let owner = try #require(removable.first { $0.parts.map { "\($0.leaf) \($0.axis)" } == names })
      #expect(owner.parameters == whole - left && owner.labels == group.labels)
    }
  }
}
