import CoppiceDatasets
import Testing

@Suite struct BatchesTests {
  @Test func anEpochVisitsEveryExampleAtMostOnce() throws {
    let dataset = try tinyImages(count: 23, validation: 3)
    let split = Split(dataset, seed: 5)
    var batches = try Batches(split.training, of: dataset, batchSize: 6, seed: 5)
    #expect(batches.stepsPerEpoch == 3)
    var dropped: Set<Set<Int>> = []
    for epoch in 0..<4 {
      let visited = (0..<3).flatMap { batches.examples(of: 3 * epoch + $0) }
      #expect(Set(visited).count == 18)
      #expect(Set(visited).isSubset(of: split.training.indices.map { Int($0) }))
      dropped.insert(Set(split.training.indices.map { Int($0) }).subtracting(visited))
    }
    #expect(dropped.count > 1)
  }

  @Test func orderIsAFunctionOfSeedAndEpoch() throws {
    let dataset = try tinyImages(count: 23, validation: 3)
    let split = Split(dataset, seed: 5)
    var forward = try Batches(split.training, of: dataset, batchSize: 5, seed: 8)
    var backward = try Batches(split.training, of: dataset, batchSize: 5, seed: 8)
    let steps = (0..<12).map { forward.examples(of: $0) }
    #expect((0..<12).reversed().map { backward.examples(of: $0) } == steps.reversed())
    #expect(steps[0..<4] != steps[4..<8])
    var other = try Batches(split.training, of: dataset, batchSize: 5, seed: 9)
    #expect((0..<12).map { other.examples(of: $0) } != steps)
    var score = try Batches(split.training, of: dataset, batchSize: 5, seed: 8, stream: .score)
    #expect((0..<12).map { score.examples(of: $0) } != steps)
    // The batch size cuts one order.
    var whole = try Batches(split.training, of: dataset, batchSize: 20, seed: 8)
    #expect(whole.examples(of: 1) == steps[4..<8].flatMap { $0 })
  }

  /// Data order is part of the numerics contract.
  @Test func pinnedOrder() throws {
    let dataset = try tinyImages(count: 10, validation: 0)
    var batches = try Batches(Split(dataset, seed: 1).training, of: dataset, batchSize: 10, seed: 1)
    #expect(batches.examples(of: 0) == [2, 3, 6, 7, 5, 8, 0, 1, 4, 9])
    #expect(batches.examples(of: 1) == [7, 2, 1, 3, 8, 6, 5, 0, 9, 4])
  }

  @Test func fillsInputsAndLabels() throws {
    let dataset = try tinyImages(count: 12, validation: 2)
    var batches = try Batches(Split(dataset, seed: 2).training, of: dataset, batchSize: 4, seed: 2)
    let chosen = batches.examples(of: 1)
    let (inputs, labels) = fill(&batches, 1)
    #expect(labels == chosen.map { Int32($0 % 3) })
    #expect(inputs == tinyInputs(chosen))
  }

  @Test func refusesBatchesThatCannotBeFilled() throws {
    let dataset = try tinyImages(count: 12, validation: 2)
    let training = Split(dataset, seed: 2).training
    for size in [0, -1, 11] {
      #expect(
        message { _ = try Batches(training, of: dataset, batchSize: size, seed: 0) }
          == "a batch of \(size) cannot be drawn from 10 examples; choose a batch size in 1…10")
    }
  }

  @Test func windowsOfATextPredictTheNextToken() throws {
    let text = Examples(text: (0..<101).map { $0 }, length: 10)
    let dataset = try Dataset(
      name: "text", task: .languageModelling(length: 10, vocabulary: 101), training: text, test: text,
      classNames: (0..<101).map { "\($0)" }, validationCount: 3,
      record: DataRecord(dataset: "text", version: 1))
    var batches = try Batches(Split(dataset, seed: 1).training, of: dataset, batchSize: 2, seed: 4)
    #expect(batches.stepsPerEpoch == 3)  // 7 windows leave room for 6 that start later
    var offsets: Set<Int32> = []
    for step in 0..<30 {
      let (tokens, labels) = fillTokens(&batches, step)
      #expect(labels == tokens.map { $0 + 1 })
      if step % 3 == 0 { offsets.insert(tokens[0] % 10) }
      for row in 0..<2 {
        let window = Array(tokens[10 * row..<10 * row + 10])
        #expect(window == (0..<10).map { window[0] + $0 })
        #expect(window[9] + 1 <= 70)  // never into the validation windows
      }
    }
    #expect(offsets.count > 4)
  }

  @Test func augmentationIsACropOfThePaddedImagePerhapsMirrored() throws {
    let plain = try tinyImages(count: 25, validation: 0)
    let augmented = try tinyImages(
      count: 25, validation: 0, augmentation: Augmentation(flip: true, padding: 1))
    let split = Split(plain, seed: 0)
    var a = try Batches(split.training, of: plain, batchSize: 25, seed: 6)
    var b = try Batches(Split(augmented, seed: 0).training, of: augmented, batchSize: 25, seed: 6)
    var kinds: Set<[Int]> = []
    for step in 0..<10 {
      let (before, labels) = fill(&a, step)
      let (after, sameLabels) = fill(&b, step)
      #expect(labels == sameLabels)
      for row in 0..<25 {
        let image = Array(before[6 * row..<6 * row + 6])
        let target = Array(after[6 * row..<6 * row + 6])
        // Brute force: every crop of the padded image, plain and mirrored.
        var found: [[Int]] = []
        for dy in -1...1 {
          for dx in -1...1 {
            for flip in 0...1 {
              let crop = (0..<6).map { i -> Float in
                let (y, x) = (i / 3 + dy, (flip == 1 ? 2 - i % 3 : i % 3) + dx)
                return (0..<2).contains(y) && (0..<3).contains(x) ? image[3 * y + x] : 0
              }
              if crop == target { found.append([dy, dx, flip]) }
            }
          }
        }
        #expect(!found.isEmpty)
        if found.count == 1 { kinds.insert(found[0]) }
      }
    }
    #expect(kinds.count == 18)  // all shifts, both ways
    // Keyed by (seed, epoch, example): the same step again gives the same batch, whatever came between.
    let again = fill(&b, 3).inputs
    _ = fill(&b, 0)
    #expect(fill(&b, 3).inputs == again)
  }

  @Test func scoringIsNotAugmented() throws {
    let dataset = try tinyImages(count: 10, validation: 0, augmentation: Augmentation(flip: true, padding: 1))
    var batches = try Batches(
      Split(dataset, seed: 0).training, of: dataset, batchSize: 10, seed: 6, stream: .score)
    let chosen = batches.examples(of: 0)
    #expect(fill(&batches, 0).inputs == tinyInputs(chosen))
  }
}
