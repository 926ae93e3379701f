import CoppiceDatasets
import Testing

@Suite struct GratingsTests {
  private let nowhere = DataFolders([])

  @Test func sizesAndClasses() throws {
    let dataset = try DatasetSource.gratings(training: 3, validation: 1, test: 2).load(from: nowhere)
    #expect(dataset.task == .imageClassification(channels: 3, height: 224, width: 224))
    #expect(dataset.classCount == 1_000 && dataset.sizes == (3, 1, 2))
    let (inputs, labels) = try everything(Split(dataset, seed: 0).test, of: dataset)
    #expect(labels == [0, 1] && inputs.count == 2 * 3 * 224 * 224)
    #expect(inputs.allSatisfy { (0...1).contains($0) })
    #expect(DatasetSource.gratings.isEmbedded)
  }

  @Test func aLargerSetBeginsWithTheSmaller() throws {
    func set(_ training: Int) throws -> Dataset {
      try DatasetSource.gratings(side: 12, classes: 3, training: training, validation: 0, test: 3)
        .load(from: nowhere)
    }
    let (small, large) = (try set(5), try set(9))
    let a = try everything(Split(small, seed: 0).training, of: small).inputs
    let b = try everything(Split(large, seed: 0).training, of: large).inputs
    #expect(a[...] == b.prefix(a.count))
  }

  /// The class is in the image: of two, one has its waves along rows and the other along columns.
  @Test func aClassIsADirection() throws {
    let side = 24
    let source = DatasetSource.gratings(
      side: side, channels: 1, classes: 2, training: 40, validation: 0, test: 40)
    let dataset = try source.load(from: nowhere)
    let (inputs, labels) = try everything(Split(dataset, seed: 0).test, of: dataset)
    for (image, label) in labels.enumerated() {
      func pixel(_ row: Int, _ column: Int) -> Float { inputs[(image * side + row) * side + column] }
      var (along, across) = (Float(0), Float(0))
      for row in 1..<side {
        for column in 1..<side {
          let (dx, dy) = (
            pixel(row, column) - pixel(row, column - 1), pixel(row, column) - pixel(row - 1, column)
          )
          along += dx * dx
          across += dy * dy
        }
      }
      #expect((along > across) == (label == 0), "image \(image)")
    }
  }

  /// Bits are part of the contract: if this changes, raise the version in the specification.
  @Test func pinnedBits() throws {
    let source = DatasetSource.gratings(side: 20, classes: 40, training: 40, validation: 10, test: 20)
    let found = try digest(source.load(from: nowhere))
    #expect(found == "3926d863bfc934fc235ffa6a79f7e5eea0a0ee80819c856043c6e2e2dcae413e")
  }

  @Test func optionsOutOfRange() {
    let frame = "the data set \"gratings\" does not fit together: "
    #expect(
      message { _ = try DatasetSource.gratings(training: 0).load(from: nowhere) }
        == frame + "0 + 16 + 32 images cannot be drawn")
    #expect(
      message { _ = try DatasetSource.gratings(side: 8).load(from: nowhere) }
        == frame + "a side of 8 can show 2…32 classes, not 1000")
    #expect(
      message { _ = try DatasetSource.gratings(side: 7, channels: 3).load(from: nowhere) }
        == frame + "7 is not a side of 8…1024, or 3 not a number of 1…16 channels")
  }
}
