import CoppiceTerms

/// The characters of Shakespeare's plays, 1,115,394 of 65 kinds; the next one is to be predicted.
///
/// A. Karpathy, char-rnn, 2015. The first nine tenths (⌊0.9 n⌋) are for training, the rest for the test; the
/// vocabulary is the file's characters in code order. Validation is the last windows of the training part.
struct TinyShakespeare: DatasetDefinition {
  let length: Int
  let validation: Int

  var summary: String { "characters of plays, 1,003,854 + 111,540 of 65 kinds, next one predicted" }

  var specification: Specification {
    Specification(
      "tiny-shakespeare", version: 1,
      [(name: "length", value: .integer(length)), (name: "validation", value: .integer(validation))])
  }

  var files: DataFiles {
    DataFiles(
      folders: ["tinyshakespeare", "tiny-shakespeare"],
      files: [
        .init(
          "input.txt", sha256: "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
          bytes: 1_115_394, contentLimit: 1 << 26)
      ],
      addresses: ["https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare"])
  }

  func load(from folders: DataFolders) throws(DatasetError) -> Dataset {
    guard length >= 1 else {
      throw .options(dataset: "tiny-shakespeare", "length \(length) must be at least 1")
    }
    let loaded = try folders.load(files, dataset: "tiny-shakespeare")
    if let page = loaded.first(where: \.isWebPage) { throw .webPage(path: page.path) }
    var scalars: [Unicode.Scalar] = []
    for file in loaded { scalars += try file.text().unicodeScalars }
    let kinds = Set(scalars).sorted()
    let numbers = Dictionary(uniqueKeysWithValues: kinds.enumerated().map { ($0.element, Int32($0.offset)) })
    let tokens = scalars.map { numbers[$0] ?? 0 }
    let cut = tokens.count * 9 / 10
    return try Dataset(
      name: "tiny-shakespeare", task: .languageModelling(length: length, vocabulary: kinds.count),
      training: Examples(text: Array(tokens[..<cut]), length: length),
      test: Examples(text: Array(tokens[cut...]), length: length), classNames: kinds.map { String($0) },
      validationCount: validation,
      record: DataRecord(dataset: "tiny-shakespeare", version: 1, files: loaded.map(\.record)))
  }
}

extension DatasetSource {
  /// Tiny Shakespeare in windows of 64 characters, 500 of them for validation.
  public static var tinyShakespeare: DatasetSource { tinyShakespeare() }

  /// Tiny Shakespeare with options: characters a window, and windows for validation.
  public static func tinyShakespeare(length: Int = 64, validation: Int = 500) -> DatasetSource {
    DatasetSource(TinyShakespeare(length: length, validation: validation))
  }
}

extension Shipped<DatasetSource> {
  static let tinyShakespeare: Shipped = .dataset(.tinyShakespeare, paper: "Karpathy 2015") { fields in
    .tinyShakespeare(
      length: try fields.integer("length", in: 1...10_000_000, default: 64),
      validation: try fields.integer("validation", .someExamples, default: 500))
  }
}
