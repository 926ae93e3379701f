import Coppice
import CoppiceExperiments
import Foundation
import Testing

/// What is typed wrongly is told in one grammar; what is being typed is completed.
@Suite struct UsageTests {
  /// Words, and what the one line on standard error says besides where to read on.
  private static let slips: [(arguments: [String], words: String)] = [
    (["rnu", "quickstart"], "there is no command \"rnu\"; did you mean \"run\"? There are: list, plan, run"),
    (
      ["data", "fetsh"],
      "there is no command \"fetsh\"; did you mean \"fetch\"? There are: list, fetch, verify"
    ),
    (
      ["list", "modells"],
      "\"modells\" is not a value of <kind>; did you mean \"models\"? There are: experiments,"
    ),
    (["list", "criterion"], "did you mean \"criteria\"?"),
    (["list", "lr"], "did you mean \"learning-rates\"?"),
    (["run"], "missing argument \"<experiment>\". See `coppice run --help`."),
    (["run", "quickstart", "--seads", "1"], "did you mean \"--seeds\"? See `coppice run --help`."),
    (
      ["run", "quickstart", "--seeds", "many"],
      "\"many\" is not a value of --seeds. See `coppice run --help`."
    ),
    (
      ["run", "quickstart", "--retry", "faild"],
      "\"faild\" is not a value of --retry; did you mean \"failed\"?"
    ),
    (
      ["run", "quickstart", "--sparsity", "0.9"],
      "there is no option \"--sparsity\"; did you mean --set sparsity=…?"
    ),
    (
      ["run", "quickstart", "--lr", "0.1"], "there is no option \"--lr\"; did you mean --set learning-rate=…?"
    ),
    (["bench", "--only", "trainign"], "\"trainign\" is not a value of --only; did you mean \"training\"?"),
    (
      ["bench", "--density", "0"],
      "--density takes a fraction above 0, at most 1. See `coppice bench --help`."
    ),
    (["run", "quickstart", "--set", "lr=0.1"], "no setting named \"lr\"; did you mean \"learning-rate\"?"),
    (
      ["run", "quickstart", "--set", "wd=0.1"],
      "no setting named \"wd\"; did you mean optimizer=adam(weight-decay: …)? There are: model,"
    ),
    (["run", "quickstart", "--set", "schedule=imp"], "named \"imp\"; did you mean \"lottery-ticket\"?"),
    (["run", "quickstart", "--set", "criterion=l1"], "named \"l1\"; did you mean \"magnitude\"?"),
    (["run", "quickstart", "--set", "granularity=chanel"], "named \"chanel\"; did you mean \"channel\"?"),
  ]

  @Test(arguments: slips) func slipsAreToldInOneGrammar(arguments: [String], words: String) throws {
    let outcome = try Program().run(arguments)
    #expect(outcome.status == 64, "\(outcome.status)")
    #expect(outcome.output.isEmpty)
    let lines = outcome.errors.split(separator: "\n").filter {
      !$0.hasPrefix("warning: this is a debug build")
    }
    #expect(lines.count == 1 && lines[0].hasPrefix("error: "), "\(outcome.errors)")
    #expect(outcome.errors.contains(words), "\(words) in \(outcome.errors)")
  }

  @Test func everyHelpHasAnExampleThatIsOne() throws {
    let program = try Program()
    let commands = [
      [], ["list"], ["plan"], ["run"], ["status"], ["watch"], ["serve"], ["work"], ["launch"], ["cancel"],
      ["show"], ["ls"],
      ["table"], ["plot"], ["compare"],
      ["tag"], ["note"], ["data"], ["data", "list"],
      ["data", "fetch"], ["data", "verify"], ["doctor"], ["clean"], ["bench"],
      ["diff"], ["verify"], ["merge"], ["pack"], ["report"], ["analyse"], ["notebook"],
    ]
    for command in commands {
      let help = try program.run(command + ["--help"], environment: ["COLUMNS": "200"]).output
      let examples = help.matches(of: #/(?m)^  (coppice .*)$/#).map { String($0.1) }
      #expect(!examples.isEmpty, "\(command): \(help)")
      // Each begins as the command does, and its options are in the help.
      for example in examples {
        #expect(
          command.isEmpty || example.hasPrefix((["coppice"] + command).joined(separator: " ")), "\(example)")
        for option in example.matches(of: #/ (--[a-z-]+)/#) where !command.isEmpty {
          #expect(help.contains("  \(option.1)"), "\(option.1) of \(example)")
        }
      }
    }
  }

  @Test func settingsShowTheirDefaults() throws {
    let program = try Program()
    let settings =
      try object(try program.run(["list", "settings", "--json"]).output)["settings"] as? [[String: String]]
    let defaults = Dictionary(
      uniqueKeysWithValues: (settings ?? []).map { ($0["name"] ?? "", $0["default"] ?? "") })
    #expect(defaults.count == Settings.all.count && !defaults.values.contains(""))
    #expect(defaults["model"] == "lenet-300-100" && defaults["batch-size"] == "60")
    #expect(defaults["learning-rate"] == "constant(rate: 0.0012)" && defaults["sparsity"] == "none")
    #expect(defaults["optimizer"] == "adam")
    // What is shown can be set, and changes nothing.
    for setting in Settings.all {
      var trial = Trial()
      try setting.set(&trial, try #require(defaults[setting.name]))
      #expect(trial.specification == Trial().specification, "\(setting.name)")
    }
    #expect(try program.run(["list", "settings"]).output.contains("default lenet-300-100"))
  }

  @Test func everyComponentSaysWhatItIs() {
    for setting in Settings.all {
      for component in setting.components() {
        #expect(component.summary.count > 10, "\(component.name)")
        #expect(component.summary.last != "." && !component.summary.contains("\n"), "\(component.name)")
      }
    }
  }

  /// What bash is told, by the script it is given.
  private func completions(of words: [String], in program: Program) throws -> [String] {
    let script = try program.run(["--generate-completion-script", "bash"]).output
    let file = program.folder.file("completions.sh")
    try script.write(toFile: file, atomically: true, encoding: .utf8)
    func quoted(_ word: String) -> String { "'\(word)'" }
    let last = words[words.count - 1]
    let line = ([program.executable.path] + words).joined(separator: " ")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = [
      "-c",
      """
      source \(quoted(file))
      COMP_WORDS=(\(([program.executable.path] + words).map(quoted).joined(separator: " ")))
      COMP_CWORD=\(words.count) COMP_LINE=\(quoted(line)) COMP_POINT=\(line.utf8.count) COMP_TYPE=9 COMP_KEY=9
      _coppice coppice \(quoted(last)) \(quoted(words.count > 1 ? words[words.count - 2] : "coppice"))
      printf '%s\\n' "${COMPREPLY[@]}"
      """,
    ]
    process.environment = [
      "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
      "COPPICE_RESULTS": program.results,
    ]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  @Test func shellsAreToldWhatThereIs() throws {
    let program = try Program()
    #expect(try completions(of: ["ru"], in: program) == ["run"])
    #expect(try completions(of: ["run", ""], in: program).contains("quickstart"))
    #expect(try completions(of: ["plan", "lottery-l"], in: program) == ["lottery-lenet-mnist"])
    #expect(try completions(of: ["list", "cri"], in: program) == ["criteria"])
    #expect(
      try completions(of: ["run", "quickstart", "--set", "learning"], in: program) == ["learning-rate="])
    #expect(
      try completions(of: ["run", "quickstart", "--set", "criterion="], in: program)
        == Criterion.catalogue.names.map { "criterion=\($0)" })
    #expect(
      try completions(of: ["run", "quickstart", "--set", "model=lenet-"], in: program)
        == ["model=lenet-300-100", "model=lenet-5"])
    #expect(try completions(of: ["data", "fetch", "mni"], in: program) == ["mnist"])
    #expect(try completions(of: ["table", "quickstart", "--y", "test_l"], in: program) == ["test_loss"])
    let finished = try Sweeps.finished.get()
    #expect(try completions(of: ["show", "tiny/dense-s"], in: finished).count == 1)
    #expect(try completions(of: ["status", "tin"], in: finished) == ["tiny"])
  }
}
