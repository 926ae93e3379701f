import CoppicePruning
import Testing

@Suite struct ScoringNeedsTests {
  @Test func areDeclaredOneByOneOrTogether() {
    let needs: ScoringNeeds = [.gradients, .randomness, .evidence(.gradients), .evidence(.inputSquares)]
    #expect(needs.evidence == [.gradients, .inputSquares])
    #expect(needs.randomness)
    #expect(!needs.initialWeights)
    #expect(needs.all == [.randomness, .gradients, .evidence(.inputSquares)])
    #expect(needs.contains(.gradients))
    #expect(!needs.contains(.evidence(.squaredGradients)))
    #expect(ScoringNeeds.gradients == [.evidence(.gradients)])
    #expect(ScoringNeeds.initialWeights.all == [.initialWeights])
    #expect(ScoringNeeds([]).isEmpty)
    #expect(!ScoringNeeds.randomness.isEmpty)
  }

  @Test func everyNeedHasItsOwnWordsAndCode() {
    let needs: [(ScoringNeed, words: String, code: String)] = [
      (.initialWeights, "initial weights", ".initialWeights"), (.randomness, "random numbers", ".randomness"),
      (.structure, "structure", ".structure"), (.gradients, "gradients", ".gradients"),
      (.evidence(.inputSquares), "input squares", ".evidence(.inputSquares)"),
      (.evidence(.squaredGradients), "squared gradients", ".evidence(.squaredGradients)"),
    ]
    for (need, words, code) in needs {
      #expect(
        PruningError.undeclaredNeed(need, criterion: "sly").description
          == "criterion sly reads \(words) without declaring it: write needs: \(code) in its definition, because results "
          + "are kept by what they depend on")
      #expect(
        PruningError.unavailable(need, criterion: "sly").description
          == "criterion sly needs \(words), and none were given to the scoring context")
    }
  }
}
