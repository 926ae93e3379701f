import CoppiceAutodiff
import CoppiceNetworks
import CoppiceTensors
import Testing

@Suite struct SparseFormTests {
  @Test func leavesHoldSurvivors() throws {
    let traced = try Family.all[0].traced()
    let masks = ReferenceNumbers.masks(traced)
    let sparse = try SparseForm(masks, .always).apply(to: traced)
    #expect(Set(sparse.forms.keys) == Set(masks.names))
    for (name, mask) in masks {
      let weight = try #require(ReferenceNumbers.parameters(traced)[name])
      let form = sparse.form(of: name)
      #expect(form.packed(weight).count == mask.keptCount)
      #expect(form.unpacked(Tensor([mask.keptCount], form.packed(weight))) == mask.applied(to: weight))
    }
    #expect(sparse.form(of: "fc1.bias") == .all)
    #expect(sparse.declarations.map(\.shape) == traced.declarations.map(\.shape))
    let graph = try sparse.forward(batch: 3, isTraining: true)
    #expect(graph.parameters.first?.shape == [try #require(masks["fc1.weight"]).keptCount])
  }

  @Test func withNothingToDoItIsTheNetwork() throws {
    let traced = try Family.all[0].traced()
    for form in [SparseForm(nil, .always), SparseForm(traced.fullMasks, .automatic)] {
      #expect(try form.apply(to: traced).origin == traced.origin)
    }
  }

  @Test func whatItIsDependsOnTheMasks() throws {
    let traced = try Family.all[0].traced()
    var other = ReferenceNumbers.masks(traced)
    let one = SparseForm(other, .always)
    #expect(one == SparseForm(ReferenceNumbers.masks(traced), .always))
    var mask = try #require(other["fc1.weight"])
    mask.bytes.reverse()
    other["fc1.weight"] = mask
    #expect(one != SparseForm(other, .always) && one != SparseForm(other, .never))
  }
}
