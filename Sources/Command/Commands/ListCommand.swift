import ArgumentParser
import Coppice
import CoppiceExchange
import Foundation

struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List experiments, or what they can be made of.",
    discussion: examples("list criteria", "list optimizers --fields", "list settings"))

  enum Kind: String, ExpressibleByArgument, CaseIterable {
    case experiments, models, datasets, initializers, optimizers
    case learningRates = "learning-rates"
    case criteria, granularities, allocations, schedules, retrainings
    case retrainingRates = "retraining-rates"
    case repairs, calibrations, controls, dynamics
    case learnedMasks = "learned-masks"
    case losses, targets
    case stopRules = "stop-rules"
    case recipeSteps = "recipe-steps"
    case teachers, measurements, analyses, corruptions, names, metrics, settings
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
    let width = entries.map(\.listing.name.count).max() ?? 0
    for entry in entries {
      let name = entry.listing.name.padding(toLength: width + 2, withPad: " ", startingAt: 0)
      try Terminal.data((name + entry.line).trimmingCharacters(in: .whitespaces))
      if fields, let form = entry.listing.form {
        let further = entry.listing.furtherFields
        let also = further.isEmpty ? "" : "  also: " + further.joined(separator: ", ")
        try Terminal.data(String(repeating: " ", count: width + 2) + form + also)
      }
    }
  }
}

extension ListCommand.Kind {
  /// What there is of this kind.
  fileprivate var entries: [Entry] {
    switch self {
    case .experiments:
      ExperimentCatalogue.experiments.map { Entry(listing: Listing(name: $0.name, summary: $0.question)) }
    case .metrics: Metrics.all.map(Entry.init)
    case .settings: Settings.all.map(Entry.init)
    default: listings.map { Entry(listing: $0) }
    }
  }

  /// The components of this kind.
  private var listings: [Listing] {
    switch self {
    case .models: Model.catalogue.listings
    case .names: NameMap.catalogue.listings
    case .datasets: DatasetSource.catalogue.listings
    case .initializers: Initializer.catalogue.listings
    case .optimizers: Optimizer.catalogue.listings
    case .learningRates: LearningRate.catalogue.listings
    case .criteria: Criterion.catalogue.listings
    case .granularities: Granularity.catalogue.listings
    case .allocations: Allocation.catalogue.listings
    case .schedules: Schedule.catalogue.listings
    case .retrainings: Retraining.catalogue.listings
    case .retrainingRates: RetrainingRate.catalogue.listings
    case .repairs: Repair.catalogue.listings
    case .calibrations: Calibration.catalogue.listings
    case .controls: Control.catalogue.listings
    case .dynamics: Dynamics.catalogue.listings
    case .learnedMasks: LearnedMask.catalogue.listings
    case .targets: CostTarget.catalogue.listings
    case .losses: Loss.catalogue.listings
    case .stopRules: StopRule.catalogue.listings
    case .recipeSteps: RecipeStep.catalogue.listings
    case .teachers: DistillationTeacher.catalogue.listings
    case .measurements: RoundMeasurement.catalogue.listings
    case .analyses: Analysis.catalogue.listings
    case .corruptions: Corruption.catalogue.listings
    case .experiments, .metrics, .settings: []
    }
  }
}

/// One line of a listing.
private struct Entry {
  let listing: Listing
  /// The value a setting has where a sweep says nothing.
  var standard: String?

  var line: String {
    listing.summary + (listing.paper.map { " (\($0))" } ?? "") + (standard.map { "; default \($0)" } ?? "")
  }

  var json: JSON {
    let also = listing.furtherFields.joined(separator: ", ")
    let members = [
      ("name", listing.name), ("about", listing.summary), ("paper", listing.paper), ("form", listing.form),
      ("also", also.isEmpty ? nil : also), ("default", standard),
    ]
    return .members(members.compactMap { name, text in text.map { (name, .text($0)) } })
  }
}

extension Entry {
  init(_ metric: Metric) {
    let unit = metric.quantity.unit == .none ? "" : ", \(metric.quantity.unit.text)"
    listing = Listing(
      name: metric.name,
      summary: "\(metric.quantity.title)\(unit); \(metric.isLowerBetter ? "less" : "more") is better")
  }

  init(_ setting: Setting) {
    listing = Listing(name: setting.name, summary: "\(setting.documentation) (\(setting.unit))")
    let value = setting.value(Trial()).description
    // A component in its listed form goes by its name.
    standard = setting.components().first { $0.form == value }?.name ?? value
  }
}
