import CoppiceTensors
import Testing

@Suite struct MaskSetTests {
  private let weights = MaskSet([
    ("a.weight", Mask([2, 2], [1, 0, 1, 1])), ("b.weight", Mask([2], [1, 0])),
  ])

  private var all: MaskSet {
    var masks = weights
    masks.setCompanion("a.bias", Mask([2], [1, 0]))
    return masks
  }

  @Test func theOrderIsThatInWhichNamesCame() {
    var masks = weights
    masks["c"] = Mask(keepingAll: [1])
    masks["a.weight"] = Mask([2, 2], [0, 0, 0, 1])
    #expect(masks.names == ["a.weight", "b.weight", "c"])
    #expect(masks.map(\.mask.keptCount) == [1, 1, 1])
    masks["b.weight"] = nil
    #expect(masks.names == ["a.weight", "c"] && masks["b.weight"] == nil)
    #expect(weights.names == ["a.weight", "b.weight"], "a copy is independent")
    let twice = MaskSet([("a", Mask(keepingAll: [2])), ("b", Mask([1], [0])), ("a", Mask([2], [0, 1]))])
    #expect(twice.names == ["a", "b"] && twice["a"]?.bytes == [0, 1])
    let turned = MaskSet(weights.reversed().map { ($0.name, $0.mask) })
    #expect(turned != weights && turned.count == weights.count)
  }

  @Test func fractionsAreOfAllWeightsTogether() {
    #expect(weights.count == 6 && weights.keptCount == 4)
    #expect(weights.density == 4.0 / 6 && weights.sparsity == 2.0 / 6)
    let nothing = MaskSet([("a", Mask([2], [0, 0])), ("b", Mask([0], []))])
    #expect(nothing.density == 0 && nothing.sparsity == 1)
    // Where nothing is prunable, nothing is pruned.
    for none in [MaskSet(), MaskSet([("b", Mask([0], []))])] {
      #expect(none.density == 1 && none.sparsity == 0 && none.count == 0)
    }
  }

  @Test func whatIsMaskedIsPlusZero() {
    let weight = Tensor([2, 2], [-1, -2, .nan, -4])
    let masked = MaskSet([("a.weight", Mask([2, 2], [1, 0, 0, 1]))])
      .applied(to: ParameterSet([("a.weight", weight)]))
    #expect(
      masked["a.weight"]?.scalars.map(\.bitPattern) == [Float(-1).bitPattern, 0, 0, Float(-4).bitPattern])
    // A mask of what is not there does nothing.
    #expect(weights.applied(to: ParameterSet()) == ParameterSet())
  }

  @Test func subsetsAreOfTheSameWeights() {
    let fewer = MaskSet([("a.weight", Mask([2, 2], [1, 0, 0, 1])), ("b.weight", Mask([2], [1, 0]))])
    let other = MaskSet([("a.weight", Mask([2, 2], [0, 1, 0, 0])), ("b.weight", Mask([2], [1, 0]))])
    #expect(fewer.isSubset(of: weights) && !weights.isSubset(of: fewer))
    #expect(!other.isSubset(of: weights) && !weights.isSubset(of: other))
    #expect(weights.isSubset(of: weights) && MaskSet().isSubset(of: MaskSet()))
    let reshaped = MaskSet([("a.weight", Mask(keepingAll: [4])), ("b.weight", Mask(keepingAll: [2]))])
    #expect(!weights.isSubset(of: reshaped))
  }

  @Test func companionsEnterNoCount() {
    #expect(all.names == ["a.weight", "b.weight", "a.bias"])
    #expect(all.isCompanion("a.bias"))
    #expect(!all.isCompanion("a.weight"))
    #expect(all.count == 6)
    #expect(all.keptCount == 4)
    #expect(all.density == weights.density)
    #expect(all.sparsity == weights.sparsity)
    #expect(all.counted == weights)
    #expect(all.map(\.name) == all.names)
    #expect(MaskSet().density == 1)
    #expect(MaskSet().isEmpty)
  }

  @Test func equalityKnowsCompanions() {
    var counting = weights
    counting["a.bias"] = Mask([2], [1, 0])
    #expect(counting != all)
    #expect(counting.names == all.names)
    // Setting the mask of a companion leaves it one; taking it out ends it.
    var masks = all
    masks["a.bias"] = Mask([2], [0, 0])
    #expect(masks.isCompanion("a.bias"))
    masks["a.bias"] = nil
    #expect(masks == weights)
    masks["a.bias"] = Mask([2], [1, 0])
    #expect(masks == counting)
  }

  @Test func companionsAreApplied() {
    let parameters = ParameterSet([
      ("a.weight", Tensor([2, 2], [1, 2, 3, 4])), ("a.bias", Tensor([2], [5, 6])), ("c", Tensor([1], [7])),
    ])
    let masked = all.applied(to: parameters)
    #expect(masked["a.weight"]?.scalars == [1, 0, 3, 4])
    #expect(masked["a.bias"]?.scalars == [5, 0])
    #expect(masked["c"]?.scalars == [7])
  }

  @Test func subsetsCoverCompanions() {
    #expect(all.isSubset(of: all))
    // A companion that one side does not have survives whole there.
    #expect(all.isSubset(of: weights))
    #expect(!weights.isSubset(of: all))
    var whole = weights
    whole.setCompanion("a.bias", Mask(keepingAll: [2]))
    #expect(all.isSubset(of: whole))
    #expect(!whole.isSubset(of: all))
    #expect(weights.isSubset(of: whole))
    // Weights must be the same ones.
    #expect(!weights.isSubset(of: MaskSet()))
    #expect(!MaskSet().isSubset(of: weights))
    #expect(!weights.isSubset(of: weights.filter { $0.name == "a.weight" }))
  }

  @Test func filteringAndMergingKeepCompanions() {
    let some = all.filter { $0.name != "b.weight" }
    #expect(some.names == ["a.weight", "a.bias"])
    #expect(some.isCompanion("a.bias"))
    var merged = MaskSet([("a.weight", Mask(keepingAll: [2, 2])), ("b.weight", Mask(keepingAll: [2]))])
    merged.merge(all)
    #expect(merged == all)
    merged.merge(MaskSet())
    #expect(merged == all)
  }
}
