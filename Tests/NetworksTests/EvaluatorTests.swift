import CoppiceAutodiff
import CoppiceNetworks
import CoppiceTensors
import Testing

@Suite struct EvaluatorTests {
  /// The first `count` examples of a task, and their labels.
  private func examples(_ family: Family, _ count: Int) -> (
    numbers: [Float], tokens: [Int32], labels: [Int32]
  ) {
    let size = count * family.interface.exampleShape.count
    let below = family.interface.hasTokens ? 9 : 1
    return (
      ReferenceNumbers.numbers(77, size, scale: 4), ReferenceNumbers.integers(77, size, below: below),
      ReferenceNumbers.integers(
        78, count * family.interface.labelsPerExample, below: family.interface.classes)
    )
  }

  private func score(_ family: Family, _ count: Int, batch: Int, threads: Int = 1) throws -> Tally {
    let traced = try family.traced()
    let evaluator = try Evaluator(traced, batch: batch, threads: threads)
    evaluator.load(ReferenceNumbers.parameters(traced), traced.initialBuffers)
    let all = examples(family, count)
    return try evaluator.evaluate(batches: (count + batch - 1) / batch) { index, inputs, labels in
      func copy<Element>(_ from: [Element], _ to: UnsafeMutableBufferPointer<Element>, _ rest: Element) {
        let start = index * to.count
        for place in to.indices { to[place] = start + place < from.count ? from[start + place] : rest }
      }
      switch inputs {
      case .numbers(let buffer): copy(all.numbers, buffer, 9)
      case .tokens(let buffer): copy(all.tokens, buffer, 0)
      }
      copy(all.labels, labels, -1)
    }
  }

  @Test("loss and accuracy do not depend on the batch size", arguments: Family.all)
  func batchSizes(_ family: Family) throws {
    let expected = try score(family, 23, batch: 23)
    #expect(expected.count == 23 * family.interface.labelsPerExample)
    for batch in [1, 4, 10, 64] {
      let found = try score(family, 23, batch: batch)
      #expect(found == expected && found.lossSum.bitPattern == expected.lossSum.bitPattern, "batch \(batch)")
    }
    #expect(try score(family, 23, batch: 10, threads: 2) == expected)
  }

  @Test("logits are what losses and predictions are made of, and cost no bit", arguments: Family.all)
  func logits(_ family: Family) throws {
    let traced = try family.traced()
    let all = examples(family, 23)
    func fill(_ index: Int, _ inputs: BatchInputs, _ labels: UnsafeMutableBufferPointer<Int32>) {
      func copy<Element>(_ from: [Element], _ to: UnsafeMutableBufferPointer<Element>, _ rest: Element) {
        let start = index * to.count
        for place in to.indices { to[place] = start + place < from.count ? from[start + place] : rest }
      }
      switch inputs {
      case .numbers(let buffer): copy(all.numbers, buffer, 9)
      case .tokens(let buffer): copy(all.tokens, buffer, 0)
      }
      copy(all.labels, labels, -1)
    }
    let evaluator = try Evaluator(traced, batch: 10, givesLogits: true)
    evaluator.load(ReferenceNumbers.parameters(traced), traced.initialBuffers)
    let tally = try evaluator.evaluate(batches: 3, fill: fill)
    let plain = try score(family, 23, batch: 10)
    #expect(tally == plain && tally.lossSum.bitPattern == plain.lossSum.bitPattern)
    let outputs = try evaluator.outputs(batches: 3, fill: fill)
    #expect(outputs.labels == all.labels && outputs.logits.count == outputs.count * outputs.classes)
    #expect(zip(outputs.predictions, outputs.labels).count { $0 == $1 } == tally.correct)
    var loss = 0.0
    for index in 0..<outputs.count {
      let row = outputs.row(index).map { Double($0) }
      let largest = row.max() ?? 0
      let sum = row.reduce(0) { $0 + Elementary.exp($1 - largest) }
      loss += Elementary.log(sum) + largest - row[Int(outputs.labels[index])]
    }
    #expect(abs(loss - tally.lossSum) <= 1e-5 * tally.lossSum)
  }

  @Test("micro-batches change no bit of an evaluation", arguments: Family.bothForms, [8_000, 20_000])
  func microBatches(_ family: Family, bytes: Int) throws {
    let traced = try family.traced()
    let masks = family.isMasked ? ReferenceNumbers.masks(traced) : nil
    let plain = try SparseForm(masks, family.execution).apply(to: traced).evaluationGraph(batch: 13)
    func outputs(_ graph: Graph, threads: Int) throws -> ([Float], [Int32]) {
      let executor = Executor(Plan(graph), threads: threads, handover: 0)
      var random = RandomStream(seed: 9, stream: .generation)
      for node in graph.nodes {
        guard let name = node.leaf?.name else { continue }
        if node.outputs[0].element == .int32 {
          executor.withIntegers(name) {
            for place in $0.indices { $0[place] = Int32(random.integer(below: 3)) }
          }
        } else {
          // Variances have to be positive.
          executor.withFloats(name) { random.fillUniform($0, from: 0.01, to: 0.5) }
        }
      }
      executor.run()
      return (executor.output("loss").scalars, executor.integerOutput("prediction"))
    }
    let expected = try outputs(plain, threads: 1)
    for threads in 1...3 {
      let graph = plain.inMicroBatches(threads: threads, bytes: bytes)
      let names = plain.nodes.compactMap { $0.primitive?.name }
      // What lies between the operations of a dense transformer of this size takes less than 20,000 bytes.
      if names.contains(where: { $0.hasSuffix("convolution") || $0 == "attention" && bytes < 20_000 }) {
        #expect(graph.nodes.contains { $0.primitive is MicroBatches })
      }
      #expect(try outputs(graph, threads: threads) == expected)
    }
  }

  @Test func countsByClass() throws {
    let score = try score(Family.all[0], 40, batch: 8)
    #expect(score.classCount.reduce(0, +) == 40 && score.classCorrect.reduce(0, +) == score.correct)
    #expect(score.accuracy == Double(score.correct) / 40)
    for (index, accuracy) in score.classAccuracy.enumerated() {
      #expect(accuracy == Double(score.classCorrect[index]) / Double(score.classCount[index]))
    }
  }

  @Test func nothingCountsIsNaN() throws {
    let score = Tally(classes: 2)
    #expect(score.loss.isNaN && score.accuracy.isNaN && score.classAccuracy.allSatisfy(\.isNaN))
  }
}
