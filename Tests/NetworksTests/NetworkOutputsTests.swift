import CoppiceNetworks
import Testing

@Suite struct NetworkOutputsTests {
  @Test func theFirstOfEqualLogitsIsPredicted() throws {
    let outputs = try #require(
      NetworkOutputs(
        classes: 3, labels: [0, 2, 1, 2],
        logits: [1, 3, 3, -1, -2, -1, 5, .nan, 9, .nan, .nan, 1]))
    #expect(outputs.predictions == [1, 0, 1, 0])
    #expect(outputs.count == 4 && Array(outputs.row(1)) == [-1, -2, -1])
  }

  @Test func whatDoesNotFitIsNone() {
    #expect(NetworkOutputs(classes: 2, labels: [0], logits: [1]) == nil)
    #expect(NetworkOutputs(classes: 2, labels: [2], logits: [1, 2]) == nil)
    #expect(NetworkOutputs(classes: 2, labels: [-1], logits: [1, 2]) == nil)
    #expect(NetworkOutputs(classes: 0, labels: [], logits: []) == nil)
  }
}
