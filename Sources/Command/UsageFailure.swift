import ArgumentParser
import Coppice

/// What is wrong with the words of a command line, said in the grammar of all other errors: what, the nearest name, what there is,
/// and where to read on.
enum UsageFailure {
  /// The command that arguments ask for.
  ///
  /// - Throws: a usage failure; what the parser throws to end well, as for help, comes through as it is.
  static func parsing(_ arguments: [String]) throws -> any ParsableCommand {
    let (words, command, unknown) = command(of: arguments)
    if let unknown {
      let names = command.configuration.subcommands.compactMap { $0.configuration.commandName }
      throw CommandFailure("there is no command \"\(unknown)\"" + names.instead(of: unknown), .usage)
    }
    do { return try RootCommand.parseAsRoot(arguments) } catch {
      guard RootCommand.exitCode(for: error) != .success else { throw error }
      throw CommandFailure(
        sentence(RootCommand.message(for: error)) + " See `\(words.joined(separator: " ")) --help`.", .usage)
    }
  }

  /// The command that the first words name, how it is written, and the word that names none where one should.
  private static func command(
    of arguments: [String]
  ) -> (words: [String], command: any ParsableCommand.Type, unknown: String?) {
    var (words, command): ([String], any ParsableCommand.Type) = ([ProgramName.current], RootCommand.self)
    for word in arguments where word != "help" {
      let known = command.configuration.subcommands
      guard !known.isEmpty, !word.hasPrefix("-") else { break }
      guard let next = known.first(where: { $0.configuration.commandName == word }) else {
        return (words, command, word)
      }
      words.append(word)
      command = next
    }
    return (words, command, nil)
  }

  /// What the parser says, in our words.
  static func sentence(_ message: String) -> String {
    if let match = message.wholeMatch(of: #/(?s)The value '(.*?)' is invalid for '([^']*)'(.*)/#) {
      let (value, owner, rest) = (String(match.1), String(match.2), String(match.3))
      let option = owner.hasPrefix("-") ? String(owner.prefix { $0 != " " }) : owner
      let values = possibleValues(rest)
      let start = "\"\(value)\" is not a value of \(option)"
      if !values.isEmpty { return start + values.instead(of: value) + "." }
      return start + (rest.hasPrefix(": ") ? rest : "") + "."
    }
    if let match = message.firstMatch(of: #/^Unknown option '--([^']*)'/#),
      let setting = setting(String(match.1))
    {
      return "there is no option \"--\(match.1)\"; did you mean --set \(setting)=…?"
    }
    var text = message.replacing(#/'([^']*)'/#) { "\"\($0.1)\"" }
      .replacing("Unknown option", with: "there is no option")
      .replacing(". Did you mean", with: "; did you mean")
      .replacing("Missing expected argument", with: "missing argument")
    if let first = text.first { text = first.lowercased() + text.dropFirst() }
    return text + (text.last.map { ".?".contains($0) } == true ? "" : ".")
  }

  /// The values that a message of the parser lists, in either of its forms.
  private static func possibleValues(_ text: String) -> [String] {
    guard text.contains("Please provide one of") else { return [] }
    let lines = text.matches(of: #/(?m)^  - (.+)$/#).map { String($0.1) }
    return lines.isEmpty ? text.matches(of: #/'([^']*)'/#).map { String($0.1) } : lines
  }

  /// The setting that an option was taken for.
  private static func setting(_ option: String) -> String? {
    let names = Settings.all.map(\.name)
    return ([option] + option.meanings).first(where: names.contains)
  }
}
