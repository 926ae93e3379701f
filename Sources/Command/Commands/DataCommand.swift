import ArgumentParser
import Coppice
import Foundation

struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "List, fetch and verify data sets.",
    discussion: examples("data list", "data fetch mnist"),
    subcommands: [DataListCommand.self, DataFetchCommand.self, DataVerifyCommand.self],
    defaultSubcommand: DataListCommand.self)
}

struct DataListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the data sets and where their files lie.",
    discussion: examples("data list --data DIR"))

  @OptionGroup var data: DataOptions
  @OptionGroup var format: FormatOptions

  func run() throws {
    try data.checkFolder()
    let sets = DatasetSource.all.map { (source: $0, place: place($0)) }
    if format.json {
      let list = sets.map { source, place in
        JSON.members([
          ("name", .text(source.name)), ("about", .text(source.summary)),
          ("embedded", .flag(source.isEmbedded)),
          ("folder", place.map(JSON.text) ?? .null),
        ])
      }
      return try Terminal.data(JSON.object([("schema_version", .integer(1)), ("datasets", .list(list))]))
    }
    let width = sets.map(\.source.name.count).max() ?? 0
    for (source, place) in sets {
      let name = source.name.padding(toLength: width + 2, withPad: " ", startingAt: 0)
      let state =
        source.isEmbedded
        ? "embedded"
        : place.map { "in \($0)" } ?? "not here; \(ProgramName.current) data fetch \(source.name)"
      try Terminal.data("\(name)\(source.summary) (\(state))")
    }
  }

  /// The first folder that has one of the files.
  private func place(_ source: DatasetSource) -> String? {
    guard !source.isEmbedded else { return nil }
    return DataVerification.folder(of: source, in: data.folders)
  }
}

struct DataFetchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fetch", abstract: "Download data sets and check them against their published checksums.",
    discussion: examples("data fetch mnist cifar-10 --data DIR"))

  @Argument(
    help: "The data sets; see `\(ProgramName.current) data list`.", completion: Completions.datasets)
  var names: [String]

  @OptionGroup var data: DataOptions

  @Option(help: "A server with the same files at the same paths (or COPPICE_MIRROR).")
  var mirror: String?

  @OptionGroup var format: FormatOptions

  func validate() throws {
    if mirror?.isEmpty == true { throw ValidationError("--mirror takes the address of a server, not \"\"") }
  }

  func run() throws {
    let sources = try names.map { try DatasetSource(parsing: $0) }
    let fetch = DataFetch(
      into: data.folders.destination, mirror: mirror ?? Environment["COPPICE_MIRROR"],
      showsProgress: Terminal.isLive)
    var outcomes: [DataFetch.Outcome] = []
    for source in sources { outcomes += try fetch.fetch(source) { Terminal.log("fetching \($0)") } }
    if format.json {
      let list = outcomes.map { outcome in
        JSON.members([
          ("path", .text(outcome.path)), ("sha256", .text(outcome.sha256)),
          ("was_present", .flag(outcome.wasPresent)), ("verified", .flag(outcome.isVerified)),
          ("recorded_in", outcome.recordedIn.map(JSON.text) ?? .null),
        ])
      }
      return try Terminal.data(JSON.object([("schema_version", .integer(1)), ("files", .list(list))]))
    }
    for outcome in outcomes {
      let check =
        outcome.isVerified
        ? "as published"
        : "SHA-256 \(outcome.sha256), none is published to compare it with: "
          + "written down in \(outcome.recordedIn ?? "")"
      try Terminal.data("\(outcome.path): \(outcome.wasPresent ? "was there" : "fetched"), \(check)")
    }
  }
}

struct DataVerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Compare the files of data sets with what is published.",
    discussion: """
      Without names: every data set that is here. Exit code 65 where a file differs.

      \(examples("data verify mnist --data DIR"))
      """)

  @Argument(help: "The data sets.", completion: Completions.datasets)
  var names: [String] = []

  @OptionGroup var data: DataOptions
  @OptionGroup var format: FormatOptions

  func run() throws {
    if names.isEmpty { try data.checkFolder() }
    let sources =
      try names.isEmpty
      ? DatasetSource.all.filter { DataVerification.folder(of: $0, in: data.folders) != nil }
      : names.map { try DatasetSource(parsing: $0) }
    if let embedded = sources.first(where: \.isEmbedded) {
      throw DatasetError.notFetchable(dataset: embedded.name)
    }
    let verifications = try sources.map { try DataVerification($0, in: data.folders) }
    if format.json {
      try Terminal.data(
        JSON.object([("schema_version", .integer(1)), ("datasets", .list(verifications.map(Self.json)))]))
    } else {
      if verifications.isEmpty {
        Terminal.log("no files of any data set in \(data.folders.folders.joined(separator: ", "))")
      }
      for verification in verifications {
        try Terminal.data("\(verification.dataset) in \(verification.folder)")
        for entry in verification.entries { try Terminal.data("  \(entry)") }
        if let fault = verification.fault { try Terminal.data("  cannot be read: \(fault)") }
      }
    }
    if let bad = verifications.first(where: { !$0.isAsPublished }) {
      throw CommandFailure(
        "\(bad.dataset) is not as published; fetch it again with `\(ProgramName.current) data fetch \(bad.dataset)`",
        CommandFailure.badData)
    }
  }

  private static func json(_ verification: DataVerification) -> JSON {
    .members([
      ("name", .text(verification.dataset)), ("folder", .text(verification.folder)),
      ("as_published", .flag(verification.isAsPublished)),
      ("fault", verification.fault.map(JSON.text) ?? .null),
      (
        "files",
        .list(
          verification.entries.map { entry in
            .members([
              ("name", .text(entry.name)), ("path", entry.path.map(JSON.text) ?? .null),
              ("bytes", .integer(entry.bytes)), ("sha256", .text(entry.sha256)),
              ("result", .text(entry.result)),
            ])
          })
      ),
    ])
  }
}
