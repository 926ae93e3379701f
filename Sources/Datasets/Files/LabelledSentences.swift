/// A table of tab-separated sentences with labels 0 or 1, or without labels.
struct LabelledSentences {
  let sentences: [Substring]
  /// One a sentence; `nil` where the file has no column of labels.
  let labels: [Int32]?

  /// `sentence, label` or `index, sentence`, with a header line or without.
  ///
  /// - Throws: `DatasetError.malformed` with the line that has another number of columns or no valid label.
  init(_ file: LoadedFile) throws(DatasetError) {
    guard let text = String(validating: file.bytes, as: UTF8.self) else {
      throw .malformed(path: file.path, place: "text", reason: "it is not UTF-8")
    }
    let all = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    var lines = all.enumerated().filter { !$0.element.isEmpty }
    guard let first = lines.first?.element.split(separator: "\t", omittingEmptySubsequences: false) else {
      throw .empty(path: file.path)
    }
    var isLabelled = true
    if first.contains("sentence") {
      isLabelled = first.contains("label")
      lines.removeFirst()
    } else if first.count == 2, Self.label(first[1]) == nil, Int(first[0]) != nil {
      isLabelled = false
    }
    var sentences: [Substring] = []
    var labels: [Int32] = []
    for (number, line) in lines {
      let columns = line.split(separator: "\t", omittingEmptySubsequences: false)
      guard columns.count == 2 else {
        throw .malformed(
          path: file.path, place: "line \(number + 1)", reason: "\(columns.count) columns instead of 2")
      }
      if isLabelled {
        guard let label = Self.label(columns[1]) else {
          throw .malformed(
            path: file.path, place: "line \(number + 1)",
            reason: "the label '\(columns[1])' is neither 0 nor 1")
        }
        labels.append(label)
      }
      sentences.append(Self.trimmed(columns[isLabelled ? 0 : 1]))
    }
    self.sentences = sentences
    self.labels = isLabelled ? labels : nil
  }

  private static func label(_ text: Substring) -> Int32? {
    text == "0" ? 0 : text == "1" ? 1 : nil
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text
    while text.last == " " { text.removeLast() }
    while text.first == " " { text.removeFirst() }
    return text
  }
}
