import CoppiceExchange
import CoppiceTensors
import Testing

/// Arrays in memory, read as those of a file are.
struct ArraySourceTests {
  private let source: ParameterSet = ParameterSet([
    ("fc.weight", Tensor([2, 3], [1, 2, 3, 4, 5, 6])), ("fc.bias", Tensor([2], [7, 8])),
  ])

  @Test func arraysAreDeclaredInTheirOrder() throws {
    #expect(source.arrays.map(\.name) == ["fc.weight", "fc.bias"])
    #expect(source.array("fc.weight")?.shape == [2, 3])
    #expect(try source.tensor("fc.bias").scalars == [7, 8])
  }

  @Test func aMissingArrayIsNamed() {
    #expect(throws: ExchangeError.missingArray("fc.weigth", near: [])) { try source.tensor("fc.weigth") }
    #expect("\(ExchangeError.missingArray("a", near: ["b"]))" == "there is no array a; the nearest are b")
  }
}
