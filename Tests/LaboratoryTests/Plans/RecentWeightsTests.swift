import CoppiceExchange
import CoppiceLaboratory
import CoppiceTensors
import CoppiceTerms
import Testing

@Suite struct RecentWeightsTests {
  private func weights(_ count: Int) -> ImportedWeights {
    ImportedWeights(parameters: ParameterSet([("w", Tensor(repeating: 1, [count]))]))
  }

  private func key(_ number: Int) -> Specification {
    Specification("file", version: 1, [("number", .integer(number))])
  }

  /// However many files a sweep begins with, no more of them are in memory than fit.
  @Test func allFilesTogetherHaveALimit() {
    let recent = RecentWeights(bytes: 100)
    var read = 0
    func ask(_ number: Int, _ count: Int = 10) -> Int {
      let before = read
      let found = recent.weights(key(number)) {
        read += 1
        return weights(count)
      }
      #expect(found == weights(count))
      return read - before
    }
    #expect((0..<2).map { ask($0) } == [1, 1])
    #expect((0..<2).map { ask($0) } == [0, 0], "40 + 40 bytes stay")
    #expect(ask(2) == 1)
    #expect([ask(1), ask(2)] == [0, 0] && ask(0) == 1, "the least recently used goes")
    #expect(ask(3, 26) == 1 && ask(3, 26) == 1, "what is larger than all there is does not stay")
    #expect(ask(0) == 0)
  }
}
