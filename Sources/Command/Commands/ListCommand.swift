import ArgumentParser
import Coppice
import Foundation

struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List experiments, or what they can be made of.")

  enum Kind: String, ExpressibleByArgument, CaseIterable {
    case experiments, models, datasets, initializers, optimizers
    case learningRates = "learning-rates"
    case criteria, granularities, allocations, schedules, retrainings, controls, dynamics, losses
    case stopRules = "stop-rules"
    case recipeSteps = "recipe-steps"
    case analyses, settings
  }

  @Argument(help: "What to list.")
  var kind = Kind.experiments

  @Flag(help: "Print each with all its fields too, as --set takes it.")
  var fields = false

  @OptionGroup var format: FormatOptions

  func run() throws {
    let entries = kind.entries
    if format.json {
      return try Terminal.data(
        JSON.object([("schema_version", .integer(2)), (kind.rawValue, .list(entries.map(\.json)))]))
    }
    let width = entries.map(\.name.count).max() ?? 0
    for entry in entries {
      let name = entry.name.padding(toLength: width + 2, withPad: " ", startingAt: 0)
      try Terminal.data((name + entry.line).trimmingCharacters(in: .whitespaces))
      if fields, let form = entry.form {
        let also = entry.also.map { "  also: " + $0 } ?? ""
        try Terminal.data(String(repeating: " ", count: width + 2) + form + also)
      }
    }
  }
}

extension ListCommand.Kind {
  /// What there is of this kind.
  fileprivate var entries: [Entry] {
    switch self {
    case .experiments: ExperimentCatalogue.experiments.map { Entry(name: $0.name, about: $0.question) }
    case .models: listed(Model.catalogue)
    case .datasets: listed(DatasetSource.catalogue)
    case .initializers: listed(Initializer.catalogue)
    case .optimizers: listed(Optimizer.catalogue)
    case .learningRates: listed(LearningRate.catalogue)
    case .criteria: listed(Criterion.catalogue)
    case .granularities: listed(Granularity.catalogue)
    case .allocations: listed(Allocation.catalogue)
    case .schedules: listed(Schedule.catalogue)
    case .retrainings: listed(Retraining.catalogue)
    case .controls: listed(Control.catalogue)
    case .dynamics: listed(Dynamics.catalogue)
    case .losses: listed(Loss.catalogue)
    case .stopRules: listed(StopRule.catalogue)
    case .recipeSteps: listed(RecipeStep.catalogue)
    case .analyses: listed(Analysis.catalogue)
    case .settings:
      Settings.all.map { Entry(name: $0.name, about: "\($0.documentation) (\($0.unit))") }
    }
  }

  private func listed<Element>(_ catalogue: Catalogue<Element>) -> [Entry] {
    catalogue.shipped.map {
      Entry(
        name: $0.name, about: $0.summary, paper: $0.paper, form: "\($0.component)",
        also: $0.furtherFields.isEmpty ? nil : $0.furtherFields.joined(separator: ", "))
    }
  }
}

/// One line of a listing.
private struct Entry {
  let name: String
  let about: String
  /// Where it was published.
  var paper: String?
  /// With all its fields, as `--set` takes it.
  var form: String?
  /// Fields that may be left out, beside those.
  var also: String?

  var line: String { about + (paper.map { " (\($0))" } ?? "") }

  var json: JSON {
    let members = [("name", name), ("about", about), ("paper", paper), ("form", form), ("also", also)]
    return .members(members.compactMap { name, text in text.map { (name, .text($0)) } })
  }
}
