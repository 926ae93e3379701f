import ArgumentParser
import Coppice

struct ManCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "man", abstract: "Print the manual page, for man(1).",
    discussion: examples("man | man -l -"), shouldDisplay: false)

  func run() throws {
    guard let page = ManPage(dump: RootCommand._dumpHelp(), version: Provenance.toolVersion) else {
      throw CommandFailure("the parser does not tell what its commands are", CommandFailure.badData)
    }
    try Terminal.data(String(page.text.dropLast()))
  }
}
