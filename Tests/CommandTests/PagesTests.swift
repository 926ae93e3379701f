import CoppiceExperiments
import CoppiceTestSupport
import Foundation
import Testing

/// What the README and the articles show is there: links, commands with their options, and Swift that compiles.
@Suite struct PagesTests {
  private static let all = ["README", "Coppice"] + Pages.articles

  @Test(arguments: all) func everyLinkLeadsSomewhere(page: String) throws {
    let text = try Pages.text(page)
    let folder = page == "README" ? Pages.root : Pages.catalogue
    for match in text.matches(of: #/\]\(([^)]+)\)/#) where !match.1.hasPrefix("http") {
      let target = String(match.1.prefix { $0 != "#" })
      #expect(
        FileManager.default.fileExists(atPath: folder.appendingPathComponent(target).path), "\(match.1)")
    }
    for match in text.matches(of: #/<doc:([A-Za-z]+)>/#) {
      #expect(Pages.articles.contains(String(match.1)), "\(match.1)")
    }
    // Those of a package of one's own are its own.
    for match in text.matches(of: #/`((?:Sources|Tests|Experiments|notebooks-export)\/[A-Za-z0-9_\/.-]*)`/#)
    where !match.1.hasPrefix("Sources/Experiments/") {
      #expect(
        FileManager.default.fileExists(atPath: Pages.root.appendingPathComponent(String(match.1)).path),
        "\(match.1)")
    }
  }

  @Test func everyArticleIsLinkedAndBeginsAsOne() throws {
    #expect(Pages.articles.count >= 14)
    let (landing, readme) = (try Pages.text("Coppice"), try Pages.text("README"))
    for article in Pages.articles {
      #expect(landing.contains("<doc:\(article)>"), "\(article)")
      #expect(readme.contains("Coppice.docc/\(article).md)"), "\(article)")
      // A title, a sentence that says what it is, and its sections.
      let lines = try Pages.text(article).components(separatedBy: "\n\n")
      #expect(lines[0].hasPrefix("# ") && !lines[0].contains("\n"), "\(article)")
      #expect(lines[1].hasSuffix(".") && lines[2] == "## Overview", "\(article)")
    }
    // Longer than this, a newcomer does not read it.
    #expect(readme.split(separator: "\n", omittingEmptySubsequences: false).count < 180)
  }

  /// Its name and its question; and which results are kept.
  @Test func everyExperimentIsListed() throws {
    let page = try String(
      contentsOf: Pages.root.appendingPathComponent("Experiments/README.md"), encoding: .utf8)
    let lines = page.split(separator: "\n").filter { $0.hasPrefix("| `") }
    #expect(lines.count == Experiments.all.count)
    for experiment in Experiments.all {
      let line = lines.first { $0.hasPrefix("| `\(experiment.name)` | \(experiment.question) | ") }
      #expect(line != nil, "\(experiment.name)")
      let summary = Pages.root.appendingPathComponent("Results/\(experiment.name)/summary.h5").path
      // Those that were run here and are not committed are nobody else's.
      if line?.hasSuffix("| yes |") == true {
        #expect(FileManager.default.fileExists(atPath: summary), "\(experiment.name)")
      }
    }
  }

  /// Each command and its options, in blocks and in tables, are the program's.
  @Test func everyCommandAndOptionExists() throws {
    let dump = try object(try Program().run(["--experimental-dump-help"]).output)
    let root = try #require(dump["command"] as? [String: Any])
    var options: [String: Set<String>] = [:]
    func note(_ command: [String: Any], _ names: [String]) {
      let words = (command["arguments"] as? [[String: Any]] ?? []).flatMap { argument in
        (argument["names"] as? [[String: String]] ?? []).map { name in
          (name["kind"] == "long" ? "--" : "-") + (name["name"] ?? "")
        }
      }
      options[names.joined(separator: " ")] = Set(words)
      for child in command["subcommands"] as? [[String: Any]] ?? [] {
        note(child, names + [child["commandName"] as? String ?? ""])
      }
    }
    note(root, [])
    var count = 0
    for page in Self.all {
      let text = try Pages.text(page).replacing("\\|", with: "|").replacing("\\\n", with: " ")
      let commands = text.matches(of: #/(?m)(?:^|`)coppice ([a-z].*?)(?:`|$|  #| > | \|)/#).map {
        String($0.1)
      }
      for command in commands {
        let words = command.split { " []".contains($0) }.map(String.init)
        let two = words.prefix(2).joined(separator: " ")
        let name = options[two] != nil && words.count > 1 ? two : words[0].components(separatedBy: "|")[0]
        guard let known = options[name] else {
          Issue.record("\(page): there is no command \(command)")
          continue
        }
        count += 1
        for word in words where word.hasPrefix("--") && word.count > 2 {
          let option = String(word.prefix { $0 != "=" && $0 != "|" && $0 != "…" && $0 != ")" })
          #expect(known.contains(option), "\(page): \(option) in coppice \(command)")
        }
      }
    }
    #expect(count > 60)
  }

  /// Every paragraph of Swift stands in a source that is compiled: those of a program that sees what is public alone, a package of
  /// one's own, or the shipped quickstart.
  @Test(arguments: ["README"] + Pages.articles) func swiftIsCompiled(page: String) throws {
    func squeezed(_ text: some StringProtocol) -> String {
      text.split { $0.isWhitespace }.joined(separator: " ").replacing("( ", with: "(")
    }
    var sources = ""
    let tests = Pages.root.appendingPathComponent("Tests")
    for folder in [
      "OwnProgram", "CommandTests/Fixtures/OwnPackage",
      "CommandTests/Fixtures/OwnPackage/Sources/Experiments",
    ] {
      let path = tests.appendingPathComponent(folder)
      for name in try FileManager.default.contentsOfDirectory(atPath: path.path).sorted()
      where name.hasSuffix(".swift") {
        sources += try String(contentsOf: path.appendingPathComponent(name), encoding: .utf8) + "\n"
      }
    }
    sources += try String(
      contentsOf: Pages.root.appendingPathComponent("Experiments/Quickstart.swift"), encoding: .utf8)
    let compiled = squeezed(sources)
    for block in Pages.blocks("swift", of: try Pages.text(page)) {
      for part in block.components(separatedBy: "\n\n") {
        // Of an extension it may show some members.
        let lines = part.split(separator: "\n")
        let inner = lines.dropFirst().dropLast().joined(separator: "\n")
        let isThere =
          compiled.contains(squeezed(part))
          || lines.count > 2 && part.hasPrefix("extension") && compiled.contains(squeezed(lines[0]))
            && compiled.contains(squeezed(inner))
        #expect(isThere, "\(page): \(part)")
      }
    }
  }
}
