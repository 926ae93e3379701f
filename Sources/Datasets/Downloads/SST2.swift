import CoppiceTensors
import CoppiceTerms

/// Sentences of film reviews, negative or positive.
///
/// R. Socher et al., "Recursive deep models for semantic compositionality over a sentiment treebank", EMNLP 2013.
/// Tab-separated, read by their header: `sentence`, `label` and `idx` in any order; without a header `sentence, label`. A test
/// file whose labels are missing or all −1 (as in GLUE) is not evaluated: the development file is the test and validation is
/// split from training. Words are separated by spaces; the vocabulary is that of the training file: `<pad>` = 0, `<unk>` = 1,
/// then by falling frequency, equals in byte order.
///
/// No checksums are published. The sentences that most people have are known by their digests; other files are variants, which
/// results name: GLUE's training file holds phrases of the sentences as well, 67,349 in all.
struct SST2: DatasetDefinition {
  let length: Int
  let minimumCount: Int
  let validation: Int

  var summary: String { "film review sentences, negative or positive, 6,920 + 872 + 1,821" }

  var specification: Specification {
    Specification(
      "sst-2", version: 1,
      [
        (name: "length", value: .integer(length)), (name: "minimum-count", value: .integer(minimumCount)),
        (name: "validation", value: .integer(validation)),
      ])
  }

  var files: DataFiles {
    DataFiles(
      folders: ["sst2", "SST-2", "SST2"],
      files: [
        .init(
          "train.tsv", contentSHA256: "ec192f833a64da08f475488a77b0d0b47db47acd0f458bd18433fc793b569920",
          bytes: 720_259,
          contentLimit: LabelledSentences.most),
        .init(
          "dev.tsv", contentSHA256: "eddea6b39e601dd4e7a672b53cc40fdf6019fa80522f351206c24340ca5d9359",
          bytes: 92_057, alternatives: ["validation.tsv"], contentLimit: LabelledSentences.most),
        .init(
          "test.tsv", contentSHA256: "831169c7e2e429d6026e1bdbb542f33b636e3e596caad9602ebc953c205928b7",
          bytes: 188_749,
          contentLimit: LabelledSentences.most),
      ],
      addresses: [
        "https://raw.githubusercontent.com/clairett/pytorch-sentiment-classification/master/data/SST2"
      ])
  }

  func load(from folders: DataFolders) throws(DatasetError) -> Dataset {
    guard length <= 10_000_000 else {
      throw .options(dataset: "sst-2", "length \(length) is longer than any sentence: at most 10000000")
    }
    guard length >= 1, minimumCount >= 1 else {
      throw .options(
        dataset: "sst-2", "length \(length) and minimum count \(minimumCount) must be at least 1")
    }
    let loaded = try folders.load(files, dataset: "sst-2")
    let training = try LabelledSentences(loaded[0])
    let development = try LabelledSentences(loaded[1])
    let test = try LabelledSentences(loaded[2])
    for (part, file) in [(training, loaded[0]), (development, loaded[1])] where part.labels == nil {
      throw .malformed(
        path: file.path, place: "line 1",
        reason: "no column of labels 0 or 1 was found; it is needed for training and evaluation")
    }
    let sentences = [training, development, test].map(\.sentences.count)
    try DatasetError.checkMemory(
      specification, examples: (test.labels == nil ? Array(sentences.dropLast()) : sentences).total,
      bytes: 4 * length + 4, advice: "ask for shorter sentences (length)")
    let vocabulary = Vocabulary(training.sentences, minimumCount: minimumCount)
    func examples(_ part: LabelledSentences) -> Examples {
      // Room for all from the beginning: what grows by itself takes twice as much on its way.
      var tokens: [Int32] = []
      tokens.reserveCapacity(part.sentences.count * length)
      for sentence in part.sentences { tokens += vocabulary.encode(sentence, length: length) }
      return Examples(tokens: tokens, labels: part.labels ?? [])
    }
    var record = DataRecord(
      dataset: "sst-2", version: 1, files: loaded.map(\.record),
      variant: Self.variant(training: training.sentences.count, isTestLabelled: test.labels != nil))
    if test.labels == nil {
      record.notes.append(
        "\(loaded[2].record.name) has no labels and is not evaluated: \(loaded[1].record.name) is the test, "
          + "validation is split from training")
    }
    return try Dataset(
      name: "sst-2", task: .sequenceClassification(length: length, vocabulary: vocabulary.count),
      training: examples(training), validation: test.labels == nil ? nil : examples(development),
      test: examples(test.labels == nil ? development : test), classNames: ["negative", "positive"],
      validationCount: validation, record: record)
  }
}

extension SST2 {
  /// How the sentences are not those published, as far as their number tells.
  fileprivate static func variant(training: Int, isTestLabelled: Bool) -> String? {
    let parts = (training == 67_349 ? ["GLUE phrases"] : []) + (isTestLabelled ? [] : ["tested on dev"])
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }
}

extension DatasetSource {
  /// SST-2 with sentences of 48 words and words seen at least twice.
  public static var sst2: DatasetSource { sst2() }

  /// SST-2 with options: words a sentence, occurrences a word needs to be known, and sentences for validation where
  /// the test file has no labels.
  public static func sst2(length: Int = 48, minimumCount: Int = 2, validation: Int = 1_000) -> DatasetSource {
    DatasetSource(SST2(length: length, minimumCount: minimumCount, validation: validation))
  }
}

/// The known words and their numbers.
struct Vocabulary {
  private var numbers: [Substring: Int32] = [:]

  /// Known words plus `<pad>` and `<unk>`.
  var count: Int { numbers.count + 2 }

  init(_ sentences: [Substring], minimumCount: Int) {
    var counts: [Substring: Int] = [:]
    for sentence in sentences {
      for word in sentence.split(separator: " ") { counts[word, default: 0] += 1 }
    }
    let known = counts.filter { $0.value >= minimumCount }.sorted {
      $0.value != $1.value ? $0.value > $1.value : $0.key.utf8.lexicographicallyPrecedes($1.key.utf8)
    }
    for (number, entry) in known.enumerated() { numbers[entry.key] = Int32(number + 2) }
  }

  /// The first `length` words of a sentence as numbers, padded with 0 at the end.
  func encode(_ sentence: Substring, length: Int) -> [Int32] {
    var tokens = sentence.split(separator: " ").prefix(length).map { numbers[$0] ?? 1 }
    tokens.append(contentsOf: repeatElement(0, count: length - tokens.count))
    return tokens
  }
}

extension Shipped<DatasetSource> {
  static let sst2: Shipped = .dataset(.sst2, paper: "Socher et al. 2013") { fields in
    .sst2(
      length: try fields.integer("length", in: 1...10_000_000, default: 48),
      minimumCount: try fields.integer("minimum-count", in: 1...10_000_000, default: 2),
      validation: try fields.integer("validation", .someExamples, default: 1_000))
  }
}
