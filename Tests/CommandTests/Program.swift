import CoppiceStore
import CoppiceTestSupport
import Foundation
import Testing

/// The built `coppice`, run as a process with a results folder of its own.
struct Program {
  /// How a process ended.
  struct Outcome {
    /// The exit code; negative for the signal that killed it.
    let status: Int32
    let output: String
    let errors: String
  }

  let folder: TemporaryFolder
  /// What the executable is called.
  let name: String

  init(_ name: String = "coppice") throws { self.init(name, folder: try TemporaryFolder()) }

  /// A program whose results are a copy of another's.
  init(copying other: Program) throws {
    self.init(other.name, folder: try TemporaryFolder())
    try FileManager.default.copyItem(atPath: other.results, toPath: results)
  }

  private init(_ name: String, folder: TemporaryFolder) { (self.name, self.folder) = (name, folder) }

  /// Removes its folder now.
  func remove() { try? FileManager.default.removeItem(atPath: folder.path) }

  var results: String { folder.file("results") }
  var store: ResultsFolder { ResultsFolder(results) }

  /// The executable, which lies beside the tests' resources.
  var executable: URL {
    Bundle.module.bundleURL.deletingLastPathComponent().appendingPathComponent(name)
  }

  /// Runs to the end.
  @discardableResult
  func run(_ arguments: [String], environment: [String: String] = [:]) throws -> Outcome {
    try start(arguments, environment: environment).outcome()
  }

  /// Starts a process and returns at once.
  func start(_ arguments: [String], environment: [String: String] = [:]) throws -> Running {
    try Running(self, [executable.path] + arguments, environment)
  }

  /// Starts a script of the shell in which `"$0"` is the program and `"$@"` are the arguments.
  func start(
    script: String, _ arguments: [String], environment: [String: String] = [:]
  ) throws -> Running {
    try Running(self, ["/bin/sh", "-c", script, executable.path] + arguments, environment)
  }

  /// A process at work.
  struct Running {
    let process = Process()
    private let output: String
    private let errors: String

    fileprivate init(_ program: Program, _ words: [String], _ environment: [String: String]) throws {
      let name = UUID().uuidString
      output = program.folder.file(name + ".out")
      errors = program.folder.file(name + ".err")
      process.executableURL = URL(fileURLWithPath: words[0])
      process.arguments = Array(words.dropFirst())
      process.currentDirectoryURL = URL(fileURLWithPath: program.folder.path)
      process.environment = [
        "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": program.folder.path,
        "COPPICE_RESULTS": program.results, "TMPDIR": program.folder.path, "SWIFT_BACKTRACE": "enable=no",
      ].merging(environment) { $1 }
      process.standardOutput = try Self.file(output)
      process.standardError = try Self.file(errors)
      try process.run()
    }

    /// Waits for the end.
    func outcome() throws -> Outcome {
      process.waitUntilExit()
      let status = process.terminationStatus
      return Outcome(
        status: process.terminationReason == .uncaughtSignal ? -status : status,
        output: try String(contentsOfFile: output, encoding: .utf8),
        errors: try String(contentsOfFile: errors, encoding: .utf8))
    }

    private static func file(_ path: String) throws -> FileHandle {
      FileManager.default.createFile(atPath: path, contents: nil)
      return try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    }
  }

  /// The digests of every trial's results, in their canonical form.
  func digests(of experiment: String) throws -> [String: UInt64] {
    var digests: [String: UInt64] = [:]
    for trial in store.trials(of: experiment) {
      digests[trial] = Digest(try TrialFile(store.trial(trial, of: experiment)).record().digest).value
    }
    return digests
  }
}

/// Sweeps small enough for a test, made of the quickstart.
enum Sweeps {
  private static func small(_ model: String, _ dataset: String) -> [String] {
    [
      "quickstart", "--seeds", "1", "--set", "model=\(model)", "--set", "dataset=\(dataset)", "--set",
      "evaluation=10it",
    ]
  }

  static let perceptron = "mlp(widths: [10])"
  static let glyphs = "glyphs(training: 200, validation: 50, test: 50)"

  /// All of the quickstart's schedules, as results `tiny`.
  static let tiny = small(perceptron, glyphs) + ["--set", "training=20it", "--as", "tiny"]

  /// Three trials, as results `ladder`.
  static func ladder(
    training: Int, model: String = perceptron, dataset: String = glyphs
  ) -> [String] {
    small(model, dataset) + [
      "--set", "schedule=lottery-ticket(rounds: 2, rate: 0.5)", "--set", "sparsity=none", "--set",
      "retraining=rewind(to: 0it)", "--set", "training=\(training)it", "--as", "ladder",
    ]
  }

  /// Masks that move while they are trained, as results `dynamic`.
  static let dynamic =
    small(perceptron, glyphs) + [
      "--set", "dynamics=rigl(every: 10it)", "--set", "schedule=none", "--set", "retraining=none", "--set",
      "sparsity=0.5", "--set", "training=100it", "--as", "dynamic",
    ]

  /// What is pruned in rounds is cut out of the network, as results `compacted`.
  static let compacted =
    small(perceptron, glyphs) + [
      "--set", "granularity=coupled-unit", "--set", "compaction=after-pruning", "--set",
      "schedule=iterative(rounds: 2)", "--set", "retraining=fine-tune(budget: 0.5)", "--set", "sparsity=0.5",
      "--set", "training=100it", "--as", "compacted",
    ]

  /// A program that has run the tiny sweep. Only to be read from; a copy may be changed.
  static let finished: Result<Program, any Error> = Result {
    let program = try Program()
    // What lives as long as the process is not removed by going out of use.
    atexit { if let program = try? Sweeps.finished.get() { program.remove() } }
    let outcome = try program.run(["run"] + tiny)
    try #require(outcome.status == 0, "\(outcome.errors)")
    return program
  }
}

/// The JSON object a command printed.
func object(_ text: String) throws -> [String: Any] {
  try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], "\(text)")
}
