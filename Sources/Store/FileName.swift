/// Names of files and folders that are made of a user's text.
package enum FileName {
  /// The most bytes of a name, so that endings and the mark of a temporary file fit behind it: file systems take 255 bytes, some
  /// that encrypt 143.
  package static let limit = 100

  /// A text as it is, where it is short enough; else its beginning and, behind a hyphen, eight digits made of all of it. The
  /// full text stands inside the file.
  package static func shortened(_ text: String, to limit: Int = limit) -> String {
    guard text.utf8.count > limit else { return text }
    // FNV-1a: the same in every process.
    let hash = text.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    let digits = String((hash ^ hash >> 32) & 0xffff_ffff, radix: 16)
    var beginning = ""
    var count = 0
    for character in text {
      count += character.utf8.count
      guard count <= limit - 9 else { break }
      beginning.append(character)
    }
    return beginning + "-" + String(repeating: "0", count: 8 - digits.count) + digits
  }

  /// Whether a text can be the name of a folder of results: it leads nowhere else, is no option of a command, fills one line, and is
  /// not the folder of stages. It begins with a letter, a digit or `_`, has no `/` and no control characters.
  package static func isFolder(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first,
      first == "_" || first.properties.isAlphabetic || first.properties.numericType != nil
    else { return false }
    let isOneLine = text.unicodeScalars.allSatisfy {
      ![.control, .lineSeparator, .paragraphSeparator].contains($0.properties.generalCategory)
    }
    // Some file systems do not tell capitals from small letters.
    return isOneLine && !text.unicodeScalars.contains("/") && text.lowercased() != ResultsFolder.stagesName
  }

  /// Which names `isFolder` allows, for a person.
  package static let folderRule =
    "it begins with a letter, a digit or _, has no / and no control characters, and is not \(ResultsFolder.stagesName)"
}
