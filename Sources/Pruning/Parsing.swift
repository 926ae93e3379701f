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
