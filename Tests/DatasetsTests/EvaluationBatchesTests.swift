import CoppiceDatasets
import Testing

@Suite struct EvaluationBatchesTests {
  @Test func coversEveryExampleInOrder() throws {
    let dataset = try tinyImages(count: 10, validation: 3, augmentation: .init(flip: true))
    let training = Split(dataset, seed: 1).training
    let batches = try EvaluationBatches(training, of: dataset, batchSize: 4)
    #expect(batches.count == 2 && batches.exampleCount == 7)
    var inputs = [Float](repeating: .nan, count: 24)
    var labels = [Int32](repeating: -9, count: 4)
    var seen: [Float] = []
    var rows: [Int] = []
    for batch in 0..<batches.count {
      inputs.withUnsafeMutableBufferPointer { inputs in
        labels.withUnsafeMutableBufferPointer { rows.append(batches.fill(batch, inputs: inputs, labels: $0)) }
      }
      for row in 0..<4 where labels[row] != Examples.ignoredLabel { seen.append(inputs[6 * row]) }
    }
    #expect(rows == [4, 3])
    #expect(seen == training.indices.map { Float(10 * $0 + 1) / 255 })
    #expect(labels[3] == -1 && inputs[18...].allSatisfy { $0 == 0 })
  }

  @Test func aBatchMayBeLargerThanTheSubset() throws {
    let dataset = try tinyImages()
    let batches = try EvaluationBatches(Split(dataset, seed: 1).test, of: dataset, batchSize: 100)
    #expect(batches.count == 1)
    #expect(
      message { _ = try EvaluationBatches(Split(dataset, seed: 1).test, of: dataset, batchSize: 0) }
        == "a batch of 0 cannot be drawn from 2 examples; choose a batch size in 1…2")
  }
}
