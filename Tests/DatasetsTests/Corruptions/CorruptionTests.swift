import CoppiceDatasets
import CoppiceTerms
import Foundation
import Testing

@Suite struct CorruptionTests {
  /// What Tests/Reference/corruptions.py wrote.
  struct Fixture: Decodable {
    struct Images: Decodable {
      let shape: [Int]
      let bytes: String

      var pixels: [UInt8] { CorruptionTests.bytes(bytes) }
    }
    struct Case: Decodable {
      let name: String
      let channels: Int
      let severity: Int
      let bytes: String
    }

    let seed: UInt64
    let sets: [Images]
    let cases: [Case]
  }

  static let fixture: Result<Fixture, any Error> = Result {
    guard
      let url = Bundle.module.url(
        forResource: "corruptions", withExtension: "json", subdirectory: "Fixtures")
    else { throw CocoaError(.fileNoSuchFile) }
    return try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: url))
  }

  fileprivate static func bytes(_ text: String) -> [UInt8] {
    let digits = text.utf8.map { UInt8($0 < 58 ? $0 - 48 : $0 - 87) }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  /// A data set whose test images are those of the fixture.
  private func dataset(channels: Int, values: Bool = false) throws -> Dataset {
    let images = try #require(try Self.fixture.get().sets.first { $0.shape[1] == channels })
    let labels = (0..<Int32(images.shape[0])).map { $0 }
    let examples =
      values
      ? Examples(values: images.pixels.map { 4 * Float($0) - 100 }, labels: labels)
      : Examples(pixels: images.pixels, labels: labels)
    return try Dataset(
      name: "fixture",
      task: .imageClassification(channels: channels, height: images.shape[2], width: images.shape[3]),
      training: examples, test: examples, classNames: labels.map { "\($0)" }, validationCount: 1,
      record: DataRecord(dataset: "fixture", version: 1))
  }

  private func pixels(_ subset: Subset) -> [UInt8] {
    if case .pixels(let pixels) = subset.examples.inputs { pixels } else { [] }
  }

  /// To the byte, where the reference rounds the same number; one apart where it lies on the edge between two.
  @Test(arguments: Corruption.catalogue.names.filter { $0 != "none" })
  func isWhatTheReferenceMakes(name: String) throws {
    let fixture = try Self.fixture.get()
    let cases = fixture.cases.filter { $0.name == name }
    #expect(cases.count == 10)
    for known in cases {
      let dataset = try dataset(channels: known.channels)
      let corruption = try Corruption.named(name).with(severity: known.severity, seed: fixture.seed)
      let found = try corruption.applied(to: Split(dataset, seed: 0).test, of: dataset)
      let (ours, theirs) = (pixels(found), Self.bytes(known.bytes))
      try #require(ours.count == theirs.count)
      let apart = zip(ours, theirs).map { abs(Int($0) - Int($1)) }
      let (largest, different) = (apart.max() ?? 0, apart.count { $0 > 0 })
      // A mean of two bytes often lies in the middle between two.
      let allowed = apart.count / (name == "pixelate" ? 4 : 200)
      #expect(largest <= 1 && different <= allowed, "severity \(known.severity): \(different)")
      #expect(found.examples.labels == dataset.test.labels && found.count == dataset.test.count)
      // Something is changed at all.
      #expect(ours != pixels(Split(dataset, seed: 0).test))
    }
  }

  /// An image is changed alike in whatever subset it stands.
  @Test(arguments: [1, 3]) func dependsOnTheExampleAlone(channels: Int) throws {
    let dataset = try dataset(channels: channels)
    let size = dataset.task.inputSize
    // The images for training are those of the test, less one.
    let some = try #require(
      (0..<20).map { Split(dataset, seed: $0).training }.first { $0.indices != [0, 1] })
    let places = some.indices.map { Int($0) }
    for corruption in Corruption.all where corruption != .none {
      let whole = pixels(try corruption.applied(to: Split(dataset, seed: 0).test, of: dataset))
      let part = try corruption.applied(to: some, of: dataset)
      let expected = places.flatMap { place in Array(whole[place * size..<(place + 1) * size]) }
      #expect(pixels(part) == expected, "\(corruption)")
      #expect(part.examples.labels == some.indices)
    }
    let seeds = try [0, 1].map {
      pixels(try Corruption.gaussianNoise(seed: $0).applied(to: some, of: dataset))
    }
    #expect(seeds[0] != seeds[1])
  }

  /// Images of numbers from −100 to 920 are those of bytes, measured otherwise.
  @Test func numbersAreMeasuredByTheirRange() throws {
    let (bytes, values) = (try dataset(channels: 1), try dataset(channels: 1, values: true))
    for corruption in Corruption.all where corruption != .none {
      let whole = pixels(try corruption.applied(to: Split(bytes, seed: 0).test, of: bytes))
      let found = try corruption.applied(to: Split(values, seed: 0).test, of: values)
      guard case .values(let numbers) = found.examples.inputs else {
        Issue.record("no numbers")
        continue
      }
      for (byte, number) in zip(whole, numbers) {
        let apart = abs((number + 100) / 4 - Float(byte))
        #expect(apart <= 0.501)
      }
    }
  }

  @Test func noneChangesNothing() throws {
    let dataset = try dataset(channels: 3)
    let test = Split(dataset, seed: 0).test
    #expect(pixels(try Corruption.none.applied(to: test, of: dataset)) == pixels(test))
  }

  @Test func whatCannotBeIsRefused() throws {
    let dataset = try dataset(channels: 1)
    let test = Split(dataset, seed: 0).test
    #expect(
      throws: DatasetError.options(dataset: "fixture", "the severity 9 of gaussian-blur lies outside 1…5")
    ) { try Corruption.gaussianBlur(severity: 9).applied(to: test, of: dataset) }
    let vectors = try DatasetSource.teacher.load(from: DataFolders([]))
    #expect(
      throws: DatasetError.options(
        dataset: "teacher", "corruption contrast is of images, and these are none")
    ) { try Corruption.contrast().applied(to: Split(vectors, seed: 0).test, of: vectors) }
  }

  @Test func isReadBackFromText() throws {
    for corruption in Corruption.all {
      #expect(try Corruption(parsing: corruption.description) == corruption)
    }
    #expect(try Corruption(parsing: "shift(severity: 4, seed: 2)") == .shift(severity: 4, seed: 2))
    #expect(throws: ComponentError.self) { try Corruption(parsing: "contrast(severity: 6)") }
    #expect(throws: ComponentError.self) { try Corruption(parsing: "contrast(seed: 1)") }
  }
}
