import CoppiceDatasets
import CoppiceTensors
import Testing

@Suite struct TeacherTests {
  private let nowhere = DataFolders([])

  @Test func masksHaveExactDensity() throws {
    let (hidden, output) = try Teacher().masks()
    #expect(hidden.shape == [32, 32] && output.shape == [4, 32])
    for row in 0..<32 { #expect(hidden.bytes[32 * row..<32 * row + 32].reduce(0, +) == 6) }  // 0.2 · 32 = 6.4
    // 0.2 · 4 = 0.8: every hidden unit is seen by one class, and every class sees eight.
    #expect(output.keptCount == 32)
    for unit in 0..<32 { #expect((0..<4).reduce(0) { $0 + output.bytes[32 * $1 + unit] } == 1) }
    for label in 0..<4 { #expect(output.bytes[32 * label..<32 * label + 32].reduce(0, +) == 8) }
  }

  /// Inputs the teacher does not use do not change its labels, and those it uses do.
  @Test func labelsFollowTheMask() throws {
    var teacher = Teacher()
    teacher.hidden = 2
    teacher.density = 0.1
    let masks = try teacher.masks()
    let used = (0..<32).filter { feature in (0..<2).contains { masks.hidden.bytes[32 * $0 + feature] == 1 } }
    #expect((3...6).contains(used.count))
    let dataset = try DatasetSource.teacher(teacher).load(from: nowhere)
    let (inputs, labels) = try everything(Split(dataset, seed: 0).test, of: dataset)
    func correlation(_ feature: Int) -> Double {
      // Spread of the class means of this input, against what chance gives.
      (0..<4).map { c in
        let values = labels.indices.filter { labels[$0] == c }.map { Double(inputs[32 * $0 + feature]) }
        let mean = values.reduce(0, +) / Double(max(1, values.count))
        return mean * mean * Double(values.count)
      }.reduce(0, +)
    }
    for feature in 0..<32 where !used.contains(feature) { #expect(correlation(feature) < 25) }
    #expect(used.contains { correlation($0) > 100 })
  }

  /// Every weight of the mask is one that labels depend on: without it some of 2,000 examples have another label.
  @Test(arguments: [(32, 32, 4, 0.2), (16, 8, 3, 0.2), (10, 6, 2, 0.5), (12, 9, 4, 0.6)])
  func everyWeightInfluencesLabels(features: Int, hidden: Int, classes: Int, density: Double) throws {
    var teacher = Teacher()
    (teacher.features, teacher.hidden, teacher.classes, teacher.density) = (
      features, hidden, classes, density
    )
    let network = try teacher.network()
    var random = RandomStream(seed: 1, stream: .generation, substream: 9)
    var changes = [Int](repeating: 0, count: network.hidden.count + network.output.count)
    for _ in 0..<2_000 {
      let input = (0..<features).map { _ in random.normalPair().0 }
      let sums = (0..<hidden).map { unit in
        (0..<features).reduce(0.0) { $0 + network.hidden[unit * features + $1] * input[$1] }
      }
      let logits = (0..<classes).map { label in
        (0..<hidden).reduce(network.bias[label]) {
          $0 + network.output[label * hidden + $1] * max(0, sums[$1])
        }
      }
      func label(_ logits: [Double]) -> Int { logits.indices.max { logits[$0] < logits[$1] } ?? 0 }
      for place in network.hidden.indices where network.hidden[place] != 0 {
        let (unit, feature) = (place / features, place % features)
        let sum = sums[unit] - network.hidden[place] * input[feature]
        let moved = max(0, sum) - max(0, sums[unit])
        let changed = logits.indices.map { logits[$0] + network.output[$0 * hidden + unit] * moved }
        if label(changed) != label(logits) { changes[place] += 1 }
      }
      for place in network.output.indices where network.output[place] != 0 {
        var changed = logits
        changed[place / hidden] -= network.output[place] * max(0, sums[place % hidden])
        if label(changed) != label(logits) { changes[network.hidden.count + place] += 1 }
      }
    }
    let there = (network.hidden + network.output).indices.filter {
      (network.hidden + network.output)[$0] != 0
    }
    #expect(there.allSatisfy { changes[$0] >= 4 }, "\(there.map { changes[$0] }.min() ?? 0)")
    // The masks are those of these weights.
    let masks = try teacher.masks()
    #expect(
      (masks.hidden.bytes + masks.output.bytes).map { $0 == 1 }
        == (network.hidden + network.output).map { $0 != 0 })
  }

  @Test func classesAreLevel() throws {
    let dataset = try DatasetSource.teacher.load(from: nowhere)
    let labels = try everything(Split(dataset, seed: 0).training, of: dataset).labels
    #expect(labels.count == 8_000)
    for c in 0..<4 { #expect(labels.filter { $0 == c }.count > 800) }
  }

  /// Bits are part of the contract: if this changes, raise the version in the specification.
  @Test func pinnedBits() throws {
    var teacher = Teacher()
    (teacher.training, teacher.validation, teacher.test) = (40, 10, 20)
    let found = try digest(DatasetSource.teacher(teacher).load(from: nowhere))
    #expect(found == "c8609bfb836c1454e93e741620580a81c381fa827f6b449c79099158fb2f4189")
  }

  @Test func optionsOutOfRange() {
    var teacher = Teacher()
    teacher.density = 0
    #expect(
      message { _ = try teacher.masks() }
        == "the data set \"teacher\" does not fit together: the density 0.0 lies outside 0…1, 0 excluded")
    teacher = Teacher()
    teacher.classes = 1
    #expect(
      message { _ = try teacher.load(from: nowhere) }
        == "the data set \"teacher\" does not fit together: features, hidden units and classes must be in 1…4096, "
        + "classes above 1")
  }
}
