import CoppiceTerms
import Foundation

/// git, asked about a repository that nobody vouches for: it reads and hashes files, and starts no program that the repository
/// names. Monitors, hooks, filters, pagers and transports are switched off, and of the variables of git only those that lead to
/// the user's own settings are passed on.
struct Git {
  private let program: String
  private let folder: String

  /// The git of this machine and the repository around a folder; `nil` where git is not installed. It is looked for in absolute
  /// folders of the path alone: the folder at hand may be the repository's.
  init?(_ folder: String) {
    guard let program = Tool("git").path else { return nil }
    (self.program, self.folder) = (program, folder)
  }

  /// The commit that is checked out; `nil` outside a repository.
  var commit: String? { text(["rev-parse", "HEAD"]) }

  /// The files that differ from the commit, a line each, without those that some paths lead to; `nil` where git cannot tell.
  ///
  /// Contents are compared as they lie on disk. A file that a filter would have to turn into what is stored counts as changed where
  /// its size or time is not as git knows it. Of a submodule its commit is compared, not its files.
  func changes(without paths: [String]) -> String? {
    guard let filters else { return nil }
    return text(
      ["status", "--porcelain", "--ignore-submodules=dirty", "--", ":/"]
        + paths.map { ":(exclude,top)\($0)" },
      settings: filters.flatMap {
        ["filter.\($0).clean=", "filter.\($0).process=", "filter.\($0).required=false"]
      })
  }

  /// The names of all filters that are configured; `nil` where one cannot be switched off.
  private var filters: [String]? {
    guard let (status, output) = run(["config", "-z", "--name-only", "--get-regexp", #"^filter\."#]) else {
      return nil
    }
    // The exit code 1 says that there are none.
    guard status == 0 else { return status == 1 ? [] : nil }
    var names: [String] = []
    for key in output.split(separator: 0) {
      guard let key = String(validating: key, as: UTF8.self), let start = key.firstIndex(of: "."),
        let end = key.lastIndex(of: ".")
      else { return nil }
      // Of no filter: a setting of its own.
      guard start < end else { continue }
      let name = String(key[key.index(after: start)..<end])
      // A setting on the command line ends its name at the first sign of equality.
      guard !name.contains("=") else { return nil }
      if names.last != name { names.append(name) }
    }
    return names
  }

  private func text(_ arguments: [String], settings: [String] = []) -> String? {
    guard let (status, output) = run(arguments, settings: settings), status == 0 else { return nil }
    return String(decoding: output, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// Seconds after which an answer is not waited for any longer.
  private static let patience = 30.0

  private func run(_ arguments: [String], settings: [String] = []) -> (status: Int32, output: [UInt8])? {
    let settings = ["core.fsmonitor=", "core.hooksPath=/dev/null"] + settings
    let run = ToolRun(
      [program, "-C", folder, "--no-pager"] + settings.flatMap { ["-c", $0] } + arguments,
      environment: Self.environment, patience: Self.patience)
    guard let run, let status = run.status else { return nil }
    return (status, run.output)
  }

  private static var environment: [String: String] {
    let kept: Set = [
      "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_CEILING_DIRECTORIES",
    ]
    var environment = ProcessInfo.processInfo.environment.filter {
      !$0.key.hasPrefix("GIT_") || kept.contains($0.key)
    }
    // Without these locks nothing is written, so no hook hears of it.
    environment["GIT_OPTIONAL_LOCKS"] = "0"
    // Objects that are missing are not fetched, by no program and from nowhere.
    environment["GIT_NO_LAZY_FETCH"] = "1"
    environment["GIT_ALLOW_PROTOCOL"] = "none"
    environment["GIT_TERMINAL_PROMPT"] = "0"
    return environment
  }
}
