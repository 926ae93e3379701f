import ArgumentParser
import Coppice
import CoppiceStore
import Foundation
import Synchronization

struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Serve a page of runs at work: progress, curves as they come, failures, logs, reports.",
    discussion: """
      Prints the address of a page and answers until Ctrl-C or SIGTERM. Only this machine reaches it, unless --bind names another \
      address. Whoever has the address, with the token in it, can read what lies in the results folder, and can change nothing.

      \(examples("serve", "serve --port 8080"))
      """)

  @Option(help: "The port; 0 for any that is free.")
  var port = 0

  @Option(
    help: ArgumentHelp(
      "The address to listen at, as 0.0.0.0 for all of this machine's; else 127.0.0.1, which only this machine reaches.",
      valueName: "address"))
  var bind: String?

  @OptionGroup var results: ResultsOptions

  func validate() throws {
    guard (0...65_535).contains(port) else {
      throw ValidationError("--port takes a number from 0 to 65535, not \(port)")
    }
  }

  func run() throws {
    let folder = results.folder
    guard FileKind(at: folder.path) == .folder else {
      throw CommandFailure(
        "there is no folder \(folder.path) to serve: run an experiment first, or name another with --results",
        CommandFailure.inputMissing)
    }
    let interruption = Interruption()
    interruption.observeSignals()
    let site = LiveSite(folder)
    let server = ServerTask(ServerAddress(host: bind ?? ServerAddress.loopback, port: UInt16(port))) {
      site.answer($0)
    }
    var isTold = false
    while !interruption.isRequested {
      if let failure = server.failure { throw failure }
      if !isTold, let listening = server.listening {
        isTold = true
        try tell(listening, site)
      }
      usleep(20_000)
    }
  }

  /// Prints the address, by which a browser or a script finds the page.
  private func tell(_ listening: ServerAddress, _ site: LiveSite) throws {
    // It answers whether anybody reads this or not.
    StandardStreams.outliveReaders()
    try Terminal.report("http://\(listening.written):\(listening.port)/\(site.token)/")
    if !listening.isLoopback {
      Terminal.log(
        "warning: other machines reach this address, and what is sent is not encrypted: whoever sees the address can read the results"
      )
    }
    Terminal.log("serving \(results.folder.path); Ctrl-C ends it")
  }
}
