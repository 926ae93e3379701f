import CoppiceDatasets
import CoppiceTerms
import CoppiceTestSupport
import Testing

@Suite struct DatasetMemoryTests {
  private static var teacher: Teacher {
    var teacher = Teacher()
    (teacher.features, teacher.training) = (4_096, 9_000_000)
    return teacher
  }

  @Test(arguments: [
    (DatasetSource.glyphs(training: 9_000_000), "7.1 GB"),
    (.induction(length: 65_536, training: 9_000_000), "4719.4 GB"),
    (.teacher(teacher), "147."),
  ])
  func whatDoesNotFitIsRefusedBeforeItIsMade(source: DatasetSource, size: String) {
    MemoryLimit.$bound.withValue(MemoryLimit(bytes: 1_000_000_000, origin: "this test has")) {
      let said = message { _ = try source.load(from: DataFolders([])) }
      #expect(
        said.hasPrefix("the data set \(source.name)(") && said.contains("needs at least \(size)")
          && said.contains("and this test has 1.0 GB: ask for fewer"), "\(said)")
    }
  }

  /// Sentences are read before they are padded to their length.
  @Test func longSentencesAreRefused() throws {
    let folder = try TemporaryFolder()
    for file in ["train.tsv", "dev.tsv", "test.tsv"] {
      try folder.write(Array("sentence\tlabel\na fine film\t1\na dull one\t0\n".utf8), "sst2/\(file)")
    }
    func load(_ source: DatasetSource) -> String {
      MemoryLimit.$bound.withValue(MemoryLimit(bytes: 20_000_000, origin: "this test has")) {
        message { _ = try source.load(from: DataFolders([folder.path])) }
      }
    }
    #expect(load(.sst2(length: 1_000_000)).contains("needs at least 24.1 MB"))
    #expect(load(.sst2(length: .max)).contains("at most 10000000"))
    #expect(load(.sst2(length: 10, validation: 0)) == "(no error)")
  }

  @Test func bytesAreCounted() throws {
    let glyphs = try DatasetSource.glyphs(training: 5, validation: 2, test: 3).load(from: DataFolders([]))
    #expect(glyphs.bytes == 10 * (784 + 4))
  }
}
