import CoppiceDatasets
import Foundation
import Testing

@Suite struct SST2Tests {
  private func folder(_ train: String, _ dev: String, _ test: String, _ name: String = "sst2") throws
    -> TemporaryFolder
  {
    let folder = try TemporaryFolder()
    for (part, text) in [("train", train), ("dev", dev), ("test", test)] {
      try folder.write(Array(text.utf8), "\(name)/\(part).tsv")
    }
    return folder
  }

  private let source = DatasetSource.sst2(length: 4, minimumCount: 2, validation: 1)

  @Test func wordsByFrequencyThenByteOrder() throws {
    let folder = try folder(
      "b a b c\t1\na c  b rare d d d d \t0\n", "a d new\t0\n", "b\t1")
    let dataset = try source.load(from: DataFolders([folder.path]))
    // d 4, b 3, a 2, c 2; `rare` is seen once.
    #expect(dataset.task == .sequenceClassification(length: 4, vocabulary: 6))
    let split = Split(dataset, seed: 0)
    #expect(try everything(split.training, of: dataset).inputs == [3, 4, 3, 5, 4, 5, 3, 1])
    #expect(try everything(split.training, of: dataset).labels == [1, 0])
    #expect(try everything(split.validation, of: dataset).inputs == [4, 2, 1, 0])
    #expect(try everything(split.test, of: dataset).inputs == [3, 0, 0, 0])
  }

  @Test func aHeaderChangesNothing() throws {
    let plain = try folder("a a\t1\nb b\t0\n", "a\t0\n", "b\t1\n")
    let headed = try folder(
      "sentence\tlabel\r\na a\t1\r\nb b\t0\r\n", "sentence\tlabel\na\t0\n", "sentence\tlabel\nb\t1\n")
    #expect(
      try digest(source.load(from: DataFolders([plain.path])))
        == digest(source.load(from: DataFolders([headed.path]))))
  }

  @Test func withoutTestLabelsTheDevelopmentFileIsTheTest() throws {
    let folder = try folder(
      "sentence\tlabel\na a\t1\nb b\t0\na b\t0\n", "sentence\tlabel\na\t0\n", "index\tsentence\n0\tb\n",
      "SST-2")
    let dataset = try source.load(from: DataFolders([folder.path]))
    let split = Split(dataset, seed: 0)
    #expect(split.training.count == 2 && split.validation.count == 1 && split.test.count == 1)
    #expect(
      dataset.record.notes == [
        "test.tsv has no labels and is not evaluated: dev.tsv is the test, validation is split from training"
      ])
    #expect(dataset.record.variant == "tested on dev" && dataset.record.differences.count == 3)
  }

  /// As it is exported from GLUE: a byte-order mark, a third column, labels −1 in the test file, and another name for dev.
  @Test func readsTheColumnsByTheirHeader() throws {
    let plain = try folder("a a\t1\nb b\t0\na b\t0\n", "a\t0\n", "b\t1\n")
    let exported = try folder(
      "\u{FEFF}sentence\tlabel\tidx\na a \t1\t0\nb b \t0\t1\na b\t0\t2\n", "idx\tlabel\tsentence\n7\t0\ta\n",
      "idx\tsentence\tlabel\n0\tb\t-1\n1\ta a\t-1\n")
    try FileManager.default.moveItem(
      atPath: exported.path + "/sst2/dev.tsv", toPath: exported.path + "/sst2/validation.tsv")
    let expected = try source.load(from: DataFolders([plain.path]))
    let dataset = try source.load(from: DataFolders([exported.path]))
    #expect(
      try everything(Split(dataset, seed: 0).test, of: dataset)
        == everything(Split(expected, seed: 0).validation, of: expected))
    #expect(dataset.training.count == 3 && dataset.classNames == expected.classNames)
    #expect(
      dataset.record.notes == [
        "test.tsv has no labels and is not evaluated: validation.tsv is the test, validation is split from training"
      ])
    #expect(dataset.record.variant == "tested on dev" && expected.record.variant == "not the original files")
  }

  @Test func phrasesAreAVariant() throws {
    let phrases = String(repeating: "a a\t1\n", count: 67_349)
    let folder = try folder("sentence\tlabel\n" + phrases, "a\t0\n", "index\tsentence\n0\tb\n")
    let dataset = try source.load(from: DataFolders([folder.path]))
    #expect(dataset.record.variant == "GLUE phrases, tested on dev")
  }

  @Test func badLinesAreNamed() throws {
    func text(_ train: String) throws -> String {
      let folder = try self.folder(train, "a\t0\n", "b\t1\n")
      return message { _ = try source.load(from: DataFolders([folder.path])) }
        .replacingOccurrences(of: folder.path, with: "%")
    }
    #expect(try text("a\t1\nb\n") == "%/sst2/train.tsv, line 2: 1 columns instead of 2")
    #expect(
      try text("a\t1\t0\nb\t0\t1\n")
        == "%/sst2/train.tsv, line 1: 3 columns instead of 2, and no header that names them `sentence`, `label`, …"
    )
    #expect(
      try text("sentence\tlabel\na\t1\nb\t-1\n")
        == "%/sst2/train.tsv, line 3: the label is -1, not told, where other lines have labels; take such lines out"
    )
    #expect(
      try text("sentence\tlabel\na\t-1\n")
        == "%/sst2/train.tsv, line 1: no column of labels 0 or 1 was found; it is needed for training and evaluation"
    )
    #expect(
      try text("sentence\tlabel\n")
        == "%/sst2/train.tsv, line 2: no sentence follows the header; fetch the data set again")
    #expect(
      try text("<!DOCTYPE html>\n<p>\tNot found\n").hasPrefix(
        "%/sst2/train.tsv is a web page, not a file of data: "))
    #expect(
      try text("a\t1\n\nb\t7\n")
        == "%/sst2/train.tsv, line 3: the label '7' is neither 0 nor 1, nor -1 for one that is not told")
    #expect(
      try text("0\ta\n1\tb\n")
        == "%/sst2/train.tsv, line 1: no column of labels 0 or 1 was found; it is needed for training and evaluation"
    )
    #expect(try text("") == "%/sst2/train.tsv is empty; delete it and fetch the data set again")
    let folder = try self.folder("a\t1\n", "a\t0\n", "b\t1\n")
    try folder.write([0xff, 0x09, 0x31], "sst2/train.tsv")
    #expect(
      message { _ = try source.load(from: DataFolders([folder.path])) }
        == "\(folder.path)/sst2/train.tsv, text: it is not UTF-8; save it as UTF-8, or fetch the data set again"
    )
    #expect(
      message { _ = try DatasetSource.sst2(length: 0).load(from: DataFolders([])) }
        == "the data set \"sst-2\" does not fit together: length 0 and minimum count 2 must be at least 1")
  }

  /// Counts made with five lines of Python (`collections.Counter` over `line.split()`).
  @Test(.enabled(if: RealData.has("sst2"), "SST-2 is not in COPPICE_DATA or ../shared/data"))
  func theRealFiles() throws {
    let dataset = try DatasetSource.sst2.load(from: RealData.folders)
    let split = Split(dataset, seed: 0)
    #expect(split.training.count == 6_920 && split.validation.count == 872 && split.test.count == 1_821)
    let (tokens, labels) = try everything(split.test, of: dataset)
    #expect(labels.filter { $0 == 1 }.count == 909)
    #expect(dataset.record.variant == nil)
    #expect(dataset.task.vocabulary == 7_206)
    // "no movement , no yuks , not much of anything"
    #expect(tokens.prefix(11) == [59, 3434, 3, 59, 1, 3, 28, 64, 6, 276, 0])
  }
}
