import CoppiceDatasets
import CoppiceLaboratory
import Testing

@Suite struct TaskDataTests {
  @Test func everySeedHasItsSplitHoweverOftenItIsAskedFor() throws {
    let seeds = Array(0..<20)
    let data = try seeds.map { try Bench.library.data(.tiny, seed: $0) }
    for seed in seeds + seeds.reversed() {
      let expected = Split(data[seed].dataset, seed: UInt64(seed))
      #expect(data[seed].split.validation.indices == expected.validation.indices)
      #expect(data[seed].split.training.indices == expected.training.indices)
    }
  }
}
