/// A word of a command line, as a shell takes it.
enum ShellWord {
  /// The word itself, or in quotes where a shell would make something else of it.
  static func quoted(_ word: String) -> String {
    let isPlain = !word.isEmpty && word.unicodeScalars.allSatisfy { plain.contains($0) }
    return isPlain
      ? word
      : "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }

  /// A line of words.
  static func line(_ words: [String]) -> String { words.map(quoted).joined(separator: " ") }

  private static let plain = Set(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:,+@%".unicodeScalars)
}
