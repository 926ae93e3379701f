import CoppiceTensors
import Testing

@Suite struct ParameterSetTests {
  private let set = ParameterSet([
    ("fc2.weight", Tensor([2], [1, 2])), ("fc1.weight", Tensor([1, 2], [3, 4])), ("a", Tensor([], [5])),
  ])

  @Test func theOrderIsThatInWhichNamesCame() {
    #expect(set.names == ["fc2.weight", "fc1.weight", "a"])
    #expect(set.map(\.name) == set.names && set.count == 3)
    #expect(set.map(\.tensor.scalars) == [[1, 2], [3, 4], [5]])
    var changed = set
    changed["fc1.weight"] = Tensor([1], [9])
    changed["b"] = Tensor([1], [7])
    #expect(changed.names == set.names + ["b"])
    #expect(changed["fc1.weight"]?.scalars == [9])
    changed["fc2.weight"] = nil
    #expect(changed.names == ["fc1.weight", "a", "b"] && changed["fc2.weight"] == nil)
    // One that went and comes back is a new one.
    changed["fc2.weight"] = Tensor([2], [1, 2])
    #expect(changed.names.last == "fc2.weight")
    #expect(set.count == 3, "a copy is independent")
  }

  @Test func aNameIsThereOnceAndTheLastOneWins() {
    let twice = ParameterSet([("a", Tensor([1], [1])), ("b", Tensor([1], [2])), ("a", Tensor([2], [3, 4]))])
    #expect(twice.names == ["a", "b"] && twice["a"]?.scalars == [3, 4])
    #expect(ParameterSet().names == [] && ParameterSet() == ParameterSet([]))
  }

  @Test func theOrderIsPartOfTheValue() {
    let turned = ParameterSet(set.reversed().map { ($0.name, $0.tensor) })
    #expect(turned != set && !turned.hasSameBits(as: set))
    #expect(Set([set, turned, set]).count == 2)
  }

  @Test func bitsAreComparedAndNotValues() {
    func one(_ scalars: [Float], _ shape: Shape = [2]) -> ParameterSet {
      ParameterSet([("a", Tensor(shape, scalars))])
    }
    #expect(one([0, 1]) == one([-0.0, 1]))
    #expect(!one([0, 1]).hasSameBits(as: one([-0.0, 1])))
    #expect(one([.nan, 1]) != one([.nan, 1]))
    #expect(one([.nan, 1]).hasSameBits(as: one([.nan, 1])))
    #expect(!one([.nan, 1]).hasSameBits(as: one([.signalingNaN, 1])))
    #expect(!one([1, 2]).hasSameBits(as: one([1, 2], [1, 2])))
    #expect(!one([1, 2]).hasSameBits(as: ParameterSet([("b", Tensor([2], [1, 2]))])))
    #expect(!one([1, 2]).hasSameBits(as: ParameterSet()) && !ParameterSet().hasSameBits(as: one([1, 2])))
    #expect(set.hasSameBits(as: set))
  }

  @Test func valuesAreMadeAnewUnderTheirNames() {
    let doubled = set.mapValues { Tensor($0.shape, $0.scalars.map { 2 * $0 }) }
    #expect(doubled.names == set.names && doubled.map(\.tensor.scalars) == [[2, 4], [6, 8], [10]])
    struct Unfit: Error, Equatable { let shape: Shape }
    #expect(throws: Unfit(shape: [1, 2])) {
      try set.mapValues { tensor throws(Unfit) in
        if tensor.shape.rank == 2 { throw Unfit(shape: tensor.shape) }
        return tensor
      }
    }
  }
}
