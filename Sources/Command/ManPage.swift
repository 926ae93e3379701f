import Coppice

/// The manual page of the program, in the language of man(7), made of what every command says of itself.
///
/// It has no date: the same program gives the same bytes.
struct ManPage {
  /// The command that is described, as the parser tells it.
  private let command: JSON
  private let version: String

  /// The page of a command line.
  /// - Parameter dump: its commands, arguments and words as JSON, as `--experimental-dump-help` prints them; `nil` comes of anything else.
  init?(dump: String, version: String) {
    guard let command = JSON(parsing: dump)?["command"] else { return nil }
    (self.command, self.version) = (command, version)
  }

  /// The text of the page.
  var text: String {
    let name = command["commandName"].word
    var lines = [
      ".TH \(Roff.escaped(name.uppercased())) 1 \"\" \"\(Roff.escaped(name)) \(version)\" \"User Commands\"",
      ".SH NAME", "\(Roff.escaped(name)) \\- \(Roff.escaped(command["abstract"].word))", ".SH SYNOPSIS",
      ".B \(Roff.escaped(name))", ".I command", "[\\fIoptions\\fR]", ".SH DESCRIPTION",
    ]
    lines += Roff.paragraphs(command["discussion"].word)
    lines.append(".SH COMMANDS")
    for subcommand in command["subcommands"].items { lines += Self.section(subcommand, below: [name]) }
    lines += [".SH EXIT STATUS"] + Self.exitCodes.flatMap { Roff.entry("\\fB\($0.code)\\fR", $0.text) }
    lines += [".SH ENVIRONMENT"]
    lines += Self.variables.flatMap { Roff.entry("\\fB\(Roff.escaped($0.name))\\fR", $0.text) }
    lines += [".SH FILES"] + Self.files.flatMap { Roff.entry("\\fI\(Roff.escaped($0.name))\\fR", $0.text) }
    lines += [".SH SEE ALSO", ".BR h5ls (1),", ".BR h5dump (1)"]
    return lines.joined(separator: "\n") + "\n"
  }

  /// What a command is, takes and does; then those below it.
  private static func section(_ command: JSON, below names: [String]) -> [String] {
    let name = command["commandName"].word
    // It is described by those that it describes.
    guard name != "help", command["shouldDisplay"].isShown else { return [] }
    let names = names + [name]
    let arguments = command["arguments"].items.filter { argument in
      argument["shouldDisplay"].isShown && !["help", "version"].contains(argument["valueName"].word)
    }
    let places = arguments.filter { $0["kind"].word == "positional" }
    let usage = places.map { argument in
      let place =
        "\\fI\(Roff.escaped(argument["valueName"].word))\\fR" + (argument["isRepeating"].isSet ? " ..." : "")
      return argument["isOptional"].isSet ? "[\(place)]" : place
    }
    let further = places.count < arguments.count ? ["[\\fIoptions\\fR]"] : []
    var lines = [".SS \(Roff.escaped(names.joined(separator: " ")))"]
    lines.append(
      (["\\fB\(Roff.escaped(names.joined(separator: " ")))\\fR"] + usage + further).joined(separator: " "))
    lines += [".PP", Roff.line(command["abstract"].word)]
    if case .text(let discussion)? = command["discussion"] { lines += [".PP"] + Roff.paragraphs(discussion) }
    for argument in arguments { lines += Roff.entry(heading(of: argument), words(of: argument)) }
    for subcommand in command["subcommands"].items { lines += section(subcommand, below: names) }
    return lines
  }

  /// How an argument is written: `\fB\-o\fR, \fB\-\-output\fR \fIoutput\fR`.
  private static func heading(of argument: JSON) -> String {
    let value = "\\fI\(Roff.escaped(argument["valueName"].word))\\fR"
    guard argument["kind"].word != "positional" else { return value }
    let names = argument["names"].items.map { name in
      "\\fB" + Roff.escaped((name["kind"].word == "long" ? "--" : "-") + name["name"].word) + "\\fR"
    }.joined(separator: ", ")
    return argument["kind"].word == "flag" ? names : names + " " + value
  }

  /// What an argument means, what it can be, and what it is where nothing is said.
  private static func words(of argument: JSON) -> String {
    var words = argument["abstract"].word
    let values = argument["allValues"].items.map(\.word)
    if !values.isEmpty { words += " One of \(values.joined(separator: ", "))." }
    let standard = argument["defaultValue"].word
    if !standard.isEmpty { words += " Where nothing is said: \(standard)." }
    return words
  }
}

extension ManPage {
  /// What the program ends with.
  static let exitCodes: [(code: Int32, text: String)] =
    [(0, "All well. A trial that collapsed or diverged is a result.")]
    + FailureCode.allCases.map { ($0.rawValue, meaning(of: $0)) }

  private static func meaning(of code: FailureCode) -> String {
    switch code {
    case .someTrialsFailed: "Some trials failed, or what was compared differs."
    case .usage: "What was asked for makes no sense: a name that does not exist, a value out of range."
    case .badData: "A file does not hold what it should; with --strict-data, any but the published data."
    case .inputMissing: "A file that is needed is not there."
    case .toolMissing: "A program that is needed is not installed."
    case .inputOutput: "The system could not read or write."
    case .tryAgain:
      "It may go well later: a lock, a server that does not answer, a run whose --deadline has come."
    case .interrupted:
      "An end was asked for by Ctrl-C, SIGTERM, SIGHUP or SIGXCPU, and came after a checkpoint."
    }
  }

  /// What it reads of its surroundings. A flag counts more than its variable.
  static let variables: [(name: String, text: String)] = [
    ("COPPICE_DATA", "The folder of data sets, searched alone; else the cache, ~/.cache/coppice/datasets."),
    ("COPPICE_RESULTS", "The folder of results; else Results."),
    ("COPPICE_JOBS", "Stages that run side by side."), ("COPPICE_THREADS", "Threads that share each kernel."),
    ("COPPICE_MEMORY", "Memory a run may take, as 64GB, or none for no limit."),
    (
      "COPPICE_KERNELS",
      "The instruction set of the kernels: avx512, avx2, neon or portable. Results do not depend on it."
    ),
    ("COPPICE_CHECKPOINT_SECONDS", "How often a training is written down, in seconds."),
    ("COPPICE_MIRROR", "Where data sets are fetched from first."),
    ("COPPICE_FOREIGN_SECONDS", "How long a file of another program may take to be read, in seconds."),
    ("NO_COLOR", "No colours, where it is set."),
  ]

  /// Where it puts things.
  static let files: [(name: String, text: String)] = [
    (
      "Results/EXPERIMENT/summary.h5",
      "What a user opens: a row for every trial and round, and what analyses found."
    ),
    ("Results/EXPERIMENT/trials/TRIAL.h5", "Settings, weights, masks, losses and evaluations of one trial."),
    ("Results/stages", "What experiments share. It can be deleted at no loss but time."),
    ("~/.cache/coppice/datasets", "Data sets that were fetched."),
  ]
}

extension JSON? {
  /// The text it is; empty for anything else.
  fileprivate var word: String { if case .text(let text)? = self { text } else { "" } }

  /// The values of a list; none for anything else.
  fileprivate var items: [JSON] { if case .list(let values)? = self { values } else { [] } }

  fileprivate var isSet: Bool { if case .flag(true)? = self { true } else { false } }

  /// Whether something is to be shown, which it is where nothing is said.
  fileprivate var isShown: Bool { if case .flag(false)? = self { false } else { true } }
}

extension JSON {
  fileprivate var word: String { Optional(self).word }
}
