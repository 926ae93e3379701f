/// A table of tab-separated sentences with labels 0 or 1, or without labels.
struct LabelledSentences {
  /// The most bytes of such a file: sixteen times those of the longest that people have, with GLUE's phrases.
  static let most = 1 << 26

  let sentences: [Substring]
  /// One a sentence; `nil` where the file has no column of labels, or −1 (not told) in all of it.
  let labels: [Int32]?

  /// Columns by a header with `sentence` and, in any order, `label` and others; without one `sentence, label` or
  /// `index, sentence`.
  ///
  /// - Throws: `DatasetError.malformed` with the line that has another number of columns or no valid label;
  ///   `DatasetError.webPage`.
  init(_ file: LoadedFile) throws(DatasetError) {
    if file.isWebPage { throw .webPage(path: file.path) }
    var layout: Layout?
    var sentences: [Substring] = []
    var labels: [Int32] = []
    var firstUntold: Int?
    func take(_ columns: [Substring], _ layout: Layout, _ number: Int) throws(DatasetError) {
      func malformed(_ reason: String) -> DatasetError {
        .malformed(path: file.path, place: "line \(number)", reason: reason)
      }
      guard columns.count == layout.count else {
        throw malformed("\(columns.count) columns instead of \(layout.count)")
      }
      if let place = layout.label {
        guard let label = Self.label(columns[place]) else {
          throw malformed("the label '\(columns[place])' is neither 0 nor 1, nor -1 for one that is not told")
        }
        if label == -1, firstUntold == nil { firstUntold = number }
        labels.append(label)
      }
      sentences.append(Self.trimmed(columns[layout.sentence]))
    }
    for (number, line) in Lines(try file.text()) {
      let columns = Self.columns(line)
      if let layout {
        try take(columns, layout, number)
      } else {
        let first = try Layout(columns, path: file.path)
        layout = first
        if !first.hasHeader { try take(columns, first, number) }
      }
    }
    guard layout != nil else { throw .empty(path: file.path) }
    guard !sentences.isEmpty else {
      throw .malformed(
        path: file.path, place: "line 2", reason: "no sentence follows the header; fetch the data set again")
    }
    self.sentences = sentences
    let isTold = labels.contains { $0 >= 0 }
    if isTold, let firstUntold {
      throw .malformed(
        path: file.path, place: "line \(firstUntold)",
        reason: "the label is -1, not told, where other lines have labels; take such lines out")
    }
    self.labels = isTold ? labels : nil
  }

  /// Which column holds what.
  private struct Layout {
    let count: Int
    let sentence: Int
    let label: Int?
    let hasHeader: Bool

    init(_ first: [Substring], path: String) throws(DatasetError) {
      let names = first.map { trimmed($0).lowercased() }
      count = first.count
      if let sentence = names.firstIndex(of: "sentence"),
        !first.contains(where: { LabelledSentences.label($0) != nil })
      {
        (self.sentence, label, hasHeader) = (sentence, names.firstIndex(of: "label"), true)
        return
      }
      hasHeader = false
      guard first.count == 2 else {
        throw .malformed(
          path: path, place: "line 1",
          reason: "\(first.count) columns instead of 2, and no header that names them `sentence`, `label`, …")
      }
      let isUnlabelled = LabelledSentences.label(first[1]) == nil && Int(first[0]) != nil
      (sentence, label) = isUnlabelled ? (1, nil) : (0, 1)
    }
  }
}

extension LabelledSentences {
  private static func columns(_ line: Substring) -> [Substring] {
    line.split(separator: "\t", omittingEmptySubsequences: false)
  }

  fileprivate static func label(_ text: Substring) -> Int32? {
    switch trimmed(text) {
    case "0": 0
    case "1": 1
    case "-1": -1
    default: nil
    }
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text
    while text.last == " " { text.removeLast() }
    while text.first == " " { text.removeFirst() }
    return text
  }
}

/// The lines of a text that are not empty, with their numbers from 1 on, one after the other: of a file that is not what it should be
/// the first ones are looked at alone.
private struct Lines: Sequence, IteratorProtocol {
  private var rest: Substring?
  private var number = 0

  init(_ text: String) { rest = text[...] }

  mutating func next() -> (number: Int, line: Substring)? {
    while let text = rest {
      number += 1
      let end = text.firstIndex { $0 == "\n" || $0 == "\r\n" }
      rest = end.map { text[text.index(after: $0)...] }
      let line = text[..<(end ?? text.endIndex)]
      if !line.isEmpty { return (number, line) }
    }
    return nil
  }
}
