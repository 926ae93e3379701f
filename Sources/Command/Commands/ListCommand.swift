import ArgumentParser
import Coppice
import Foundation

struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List experiments, or what they can be made of.")

  enum Kind: String, ExpressibleByArgument, CaseIterable {
    case experiments, models, datasets, criteria, granularities, allocations, schedules, settings
  }

  @Argument(help: "What to list.")
  var kind = Kind.experiments

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let entries = entries
    if json {
      Terminal.data(
        JSON.object([
          ("schema_version", .integer(1)),
          (
            kind.rawValue,
            .list(entries.map { .members([("name", .text($0.name)), ("about", .text($0.about))]) })
          ),
        ]))
      return
    }
    let width = entries.map(\.name.count).max() ?? 0
    for entry in entries {
      Terminal.data(
        entry.name.padding(toLength: width + 2, withPad: " ", startingAt: 0) + entry.about)
    }
  }

  private var entries: [(name: String, about: String)] {
    switch kind {
    case .experiments: Catalogue.experiments.map { ($0.name, $0.question) }
    case .models: Model.all.map { ($0.name, $0.description) }
    case .datasets: Datasets.all.map { ($0.name, $0.summary) }
    case .criteria: Criteria.all.map { ($0.name, $0.description) }
    case .granularities: Granularities.all.map { ($0.name, $0.description) }
    case .allocations: Allocations.all.map { ($0.name, $0.description) }
    case .schedules: Schedules.all.map { ($0.name, $0.description) }
    case .settings: Settings.all.map { ($0.name, "\($0.documentation) (\($0.unit))") }
    }
  }
}
