import CoppiceDatasets
import Testing

@Suite struct GlyphsTests {
  private let nowhere = DataFolders([])

  @Test func sizesAndClasses() throws {
    let dataset = try DatasetSource.glyphs.load(from: nowhere)
    let split = Split(dataset, seed: 0)
    #expect(split.training.count == 6_000 && split.validation.count == 1_000 && split.test.count == 2_000)
    let (inputs, labels) = try everything(split.test, of: dataset)
    for c in 0..<10 { #expect(labels.filter { $0 == c }.count == 200) }
    #expect(inputs.allSatisfy { (0...1).contains($0) })
    #expect(DatasetSource.glyphs.isEmbedded)
  }

  @Test func aLargerSetBeginsWithTheSmaller() throws {
    let small = try DatasetSource.glyphs(training: 5, validation: 0, test: 3).load(from: nowhere)
    let large = try DatasetSource.glyphs(training: 9, validation: 0, test: 3).load(from: nowhere)
    let a = try everything(Split(small, seed: 0).training, of: small).inputs
    let b = try everything(Split(large, seed: 0).training, of: large).inputs
    #expect(a[...] == b.prefix(a.count))
  }

  /// Images of one class lie closer to their own mean than to the others' for most, but not for all: there is
  /// something to learn, and a linear rule does not do.
  @Test func classesDifferAndOverlap() throws {
    let dataset = try DatasetSource.glyphs(training: 2_000, validation: 0, test: 1_000).load(from: nowhere)
    let split = Split(dataset, seed: 0)
    let (inputs, labels) = try everything(split.training, of: dataset)
    var means = [[Float]](repeating: [Float](repeating: 0, count: 784), count: 10)
    for (i, label) in labels.enumerated() {
      for j in 0..<784 { means[Int(label)][j] += inputs[784 * i + j] / 200 }
    }
    let (tests, truths) = try everything(split.test, of: dataset)
    let hits = truths.indices.filter { i in
      let distances = means.map { mean in
        (0..<784).reduce(Float(0)) {
          $0 + (tests[784 * i + $1] - mean[$1]) * (tests[784 * i + $1] - mean[$1])
        }
      }
      return distances.indices.min { distances[$0] < distances[$1] } == Int(truths[i])
    }.count
    #expect((550...930).contains(hits))
  }

  /// Bits are part of the contract: if this changes, raise the version in the specification.
  @Test func pinnedBits() throws {
    let source = DatasetSource.glyphs(training: 40, validation: 10, test: 20)
    let found = try digest(source.load(from: nowhere))
    #expect(found == "3112b64d3c8373612a03aa2b3ba5151743433ba8272782c561742d0cebeb7a2b")
  }

  @Test func optionsOutOfRange() {
    #expect(
      message { _ = try DatasetSource.glyphs(difficulty: 3).load(from: nowhere) }
        == "the data set \"glyphs\" does not fit together: the difficulty 3.0 lies outside 0…2")
    #expect(
      message { _ = try DatasetSource.glyphs(training: 0).load(from: nowhere) }
        == "the data set \"glyphs\" does not fit together: 0 + 1000 + 2000 images cannot be drawn")
  }
}
