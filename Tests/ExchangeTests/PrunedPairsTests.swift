import CoppiceTensors
import CoppiceTestSupport
import Testing

@testable import CoppiceExchange

/// Pairs of `torch.nn.utils.prune`.
@Suite struct PrunedPairsTests {
  /// A layer that PyTorch pruned: the product of the pair is what it computes with.
  @Test func pairsOfTorchAreWeightsAndMasks() throws {
    let pairs = try PrunedPairs(try WeightFile(WeightFixtures.path("pruned.pt")))
    #expect(pairs.originals.names.sorted() == ["bias", "weight"])
    #expect(pairs.masks.names == ["weight"])
    #expect(pairs.masks["weight"]?.keptCount == 2)
    let expected = try #require(WeightFixtures.expected["pruned.pt"]?.weight).map(Float.init(bitPattern:))
    #expect(try #require(pairs.weights["weight"]).scalars == expected)
  }

  @Test func outAndInAgainGivesTheSameBits() throws {
    let folder = try TemporaryFolder()
    let file = try WeightFile(WeightFixtures.path("pruned.pt"))
    let pairs = try PrunedPairs(file)
    try WeightFormat.torch.write(pairs.arrays, to: folder.file("a.pt"))
    let again = try WeightFile(folder.file("a.pt"))
    #expect(again.arrays.map(\.name).sorted() == file.arrays.map(\.name).sorted())
    for array in file.arrays { #expect(try again.bytes(array.name) == file.bytes(array.name)) }
    let second = try PrunedPairs(again)
    #expect(second.originals.hasSameBits(as: pairs.originals) && second.masks == pairs.masks)
  }

  @Test func weightsAndMasksBecomePairs() throws {
    let weights = ParameterSet([("a.weight", Tensor([2], [3, 4])), ("a.bias", Tensor([1], [5]))])
    let masks = MaskSet([("a.weight", Mask([2], [0, 1]))])
    let pairs = try PrunedPairs(originals: weights, masks: masks)
    #expect(pairs.arrays.map(\.name) == ["a.weight_orig", "a.weight_mask", "a.bias"])
    #expect(pairs.weights["a.weight"]?.scalars == [0, 4])
    #expect(
      message { _ = try PrunedPairs(originals: weights, masks: MaskSet([("b", Mask([1], [1]))])) }
        .contains("there is a mask of b, and no array"))
    #expect(
      message { _ = try PrunedPairs(originals: weights, masks: MaskSet([("a.bias", Mask([2], [1, 1]))])) }
        .contains("the mask of a.bias has the shape [2]"))
  }

  @Test func halvesWithoutTheOtherKeepTheirNames() throws {
    let source = ParameterSet([("w_orig", Tensor([1], [1])), ("causal_mask", Tensor([1], [0.5]))])
    let pairs = try PrunedPairs(source)
    #expect(pairs.originals == source && pairs.masks.isEmpty)
  }

  @Test func pairsThatCannotBeAreRefused() {
    func message(_ arrays: [(String, Tensor)]) -> String {
      CoppiceTestSupport.message {
        _ = try PrunedPairs(ParameterSet(arrays.map { (name: $0.0, tensor: $0.1) }))
      }
    }
    let weight = ("w_orig", Tensor([2], [1, 2]))
    #expect(message([weight, ("w_mask", Tensor([2], [0, 0.5]))]).contains("w_mask holds 0.5"))
    #expect(message([weight, ("w_mask", Tensor([2], [0, .nan]))]).contains("w_mask holds nan"))
    #expect(message([weight, ("w_mask", Tensor([1, 2], [0, 1]))]).contains("has the shape [1, 2]"))
    #expect(
      message([weight, ("w_mask", Tensor([2], [0, 1])), ("w", Tensor([1], [1]))]).contains(
        "there is w beside"))
  }
}
