import ArgumentParser
import Coppice
import Foundation

struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List experiments, or what they can be made of.")

  enum Kind: String, ExpressibleByArgument, CaseIterable {
    case experiments, models, datasets, initializers, optimizers
    case learningRates = "learning-rates"
    case criteria, granularities, allocations, schedules, retrainings, controls, settings
  }

  @Argument(help: "What to list.")
  var kind = Kind.experiments

  @OptionGroup var format: FormatOptions

  func run() throws {
    let entries = entries
    if format.json {
      let list = entries.map { JSON.members([("name", .text($0.name)), ("about", .text($0.about))]) }
      return try Terminal.data(
        JSON.object([("schema_version", .integer(1)), (kind.rawValue, .list(list))]))
    }
    let width = entries.map(\.name.count).max() ?? 0
    for entry in entries {
      let name = entry.name.padding(toLength: width + 2, withPad: " ", startingAt: 0)
      try Terminal.data((name + entry.about).trimmingCharacters(in: .whitespaces))
    }
  }

  private var entries: [(name: String, about: String)] {
    switch kind {
    case .experiments: Catalogue.experiments.map { ($0.name, $0.question) }
    case .models: Model.all.map(described)
    case .datasets: Datasets.all.map { ($0.name, $0.summary) }
    case .initializers: Initializer.all.map(described)
    case .optimizers: Optimizer.all.map(described)
    case .learningRates: LearningRate.all.map(described)
    case .criteria: Criteria.all.map(described)
    case .granularities: Granularities.all.map(described)
    case .allocations: Allocations.all.map(described)
    case .schedules: Schedules.all.map(described)
    case .retrainings: Retrainings.catalogue.shipped.map { ($0.name, $0.summary) }
    case .controls: Controls.catalogue.shipped.map { ($0.name, $0.summary) }
    case .settings: Settings.all.map { ($0.name, "\($0.documentation) (\($0.unit))") }
    }
  }

  /// The name, and beside it the form with all fields as `--set` takes it.
  private func described(_ component: some Component) -> (name: String, about: String) {
    (component.name, component.description)
  }
}
