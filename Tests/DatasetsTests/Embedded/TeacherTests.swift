import CoppiceDatasets
import CoppiceTensors
import Testing

@Suite struct TeacherTests {
  private let nowhere = DataFolders([])

  @Test func masksHaveExactDensity() throws {
    let (hidden, output) = try Teacher().masks()
    #expect(hidden.shape == [32, 32] && output.shape == [4, 32])
    for row in 0..<32 { #expect(hidden.bytes[32 * row..<32 * row + 32].reduce(0, +) == 6) }  // 0.2 · 32 = 6.4
    #expect(output.keptCount == 24)
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
    #expect(found == "ebceb9bdfe76f1c6616dc39e005c4a7e8e8cc71ee5f5ac5d88829e88f74b0b00")
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
