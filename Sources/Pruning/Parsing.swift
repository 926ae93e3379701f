import CoppiceTerms

// Components from their printed form, for the command line and for files.

extension Criterion {
  /// The shipped criterion of that text, `magnitude`.
  public init(parsing text: String) throws(PruningError) {
    self = try component(parsing: text) { name, _ throws(PruningError) in try Criteria.named(name) }
  }
}

extension Granularity {
  /// The shipped granularity of that text, `neuron`.
  public init(parsing text: String) throws(PruningError) {
    self = try component(parsing: text) { name, _ throws(PruningError) in try Granularities.named(name) }
  }
}

extension Allocation {
  /// The shipped allocation of that text, `layer-wise(output: 0.5, rates: rates(conv1: 0.5), ignoring: [fc3])`.
  public init(parsing text: String) throws(PruningError) {
    self = try component(parsing: text) { name, fields throws(PruningError) in
      let shipped = try Allocations.named(name)
      return try reading(&fields) { fields throws(SpecificationError) in
        switch shipped {
        case .layerWise:
          .layerWise(
            rates: try fields.numbers("rates"), output: try fields.number("output", default: 1),
            ignoring: try fields.texts("ignoring", default: []))
        case .erdosRenyi: .erdosRenyi(ignoring: try fields.texts("ignoring", default: []))
        case .erdosRenyiKernel: .erdosRenyiKernel(ignoring: try fields.texts("ignoring", default: []))
        default: .global(ignoring: try fields.texts("ignoring", default: []))
        }
      }
    }
  }
}

extension Schedule {
  /// The shipped schedule of that text: `one-shot`, `one-shot(to-round: 7, rate: 0.2)`, `iterative(rounds: 5)`,
  /// `lottery-ticket(rounds: 12, rate: 0.2)`.
  public init(parsing text: String) throws(PruningError) {
    self = try component(parsing: text) { name, fields throws(PruningError) in
      let shipped = try Schedules.named(name)
      return try reading(&fields) { fields throws(SpecificationError) in
        switch shipped.name {
        case "iterative": return .iterative(rounds: try fields.integer("rounds"))
        case "lottery-ticket":
          return .lotteryTicket(
            rounds: try fields.integer("rounds"), rate: try fields.number("rate", default: 0.2))
        default:
          let round = try fields.integer("to-round", default: 0)
          guard round != 0 else { return .oneShot }
          return .oneShot(toRound: round, rate: try fields.number("rate", default: 0.2))
        }
      }
    }
  }
}

extension Retraining {
  /// The retraining of that text: `none`, `fine-tune(budget: 0.25)`, `rewind(to: 500it, learning-rate: false)`,
  /// `learning-rate-rewind(to: 0it)`.
  public init(parsing text: String) throws(PruningError) {
    self = try component(parsing: text) { name, fields throws(PruningError) in
      guard Retraining.names.contains(name) else {
        throw .unknownComponent(
          name, kind: "retraining", nearest: Retraining.names.nearest(to: name), known: Retraining.names)
      }
      return try reading(&fields) { fields throws(SpecificationError) in
        switch name {
        case "fine-tune": .fineTune(try fields.budget("budget", default: .share(0.25)))
        case "rewind":
          .rewind(
            to: try fields.budget("to", default: .iterations(0)),
            learningRate: try fields.flag("learning-rate", default: true))
        case "learning-rate-rewind":
          .learningRateRewind(to: try fields.budget("to", default: .iterations(0)))
        default: .none
        }
      }
    }
  }
}

/// What `make` makes of a component's name and fields; it must use every field.
private func component<Result>(
  parsing text: String, _ make: (String, inout SpecificationReader) throws(PruningError) -> Result
) throws(PruningError) -> Result {
  let specification: Specification
  do throws(SpecificationError) {
    specification = try Specification(parsing: text)
  } catch {
    throw .specification(error)
  }
  var fields = SpecificationReader(specification)
  let result = try make(specification.name, &fields)
  do throws(SpecificationError) {
    try fields.end()
  } catch {
    throw .specification(error)
  }
  return result
}

/// The errors of fields as errors of pruning.
private func reading<Result>(
  _ fields: inout SpecificationReader,
  _ read: (inout SpecificationReader) throws(SpecificationError) -> Result
) throws(PruningError) -> Result {
  do throws(SpecificationError) {
    return try read(&fields)
  } catch {
    throw .specification(error)
  }
}
