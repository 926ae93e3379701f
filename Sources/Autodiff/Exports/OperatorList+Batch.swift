extension OperatorList {
  /// The list of a graph for any number of examples, from those of two numbers.
  ///
  /// - Parameters:
  ///   - list: the operators for one number of examples.
  ///   - other: the operators for another one.
  ///   - batches: both numbers.
  /// - Returns: `nil` where the lists differ in more than extents that grow evenly with the batch.
  package init?(_ list: OperatorList, _ other: OperatorList, batches: (Int, Int)) {
    guard list.operators.count == other.operators.count, list.results == other.results,
      list.constants == other.constants
    else { return nil }
    self = list
    func extents(_ one: [Extent], _ two: [Extent]) -> [Extent]? {
      guard one.count == two.count else { return nil }
      let merged = zip(one, two).map { Extent($0.fixed, $1.fixed, batches: batches) }
      return merged.contains(nil) ? nil : merged.compactMap { $0 }
    }
    func ports(_ ones: [Port], _ twos: [Port]) -> [Port]? {
      guard ones.count == twos.count else { return nil }
      let merged = zip(ones, twos).map { one, two -> Port? in
        guard one.name == two.name, one.element == two.element else { return nil }
        return extents(one.extents, two.extents).map {
          Port(name: one.name, extents: $0, element: one.element)
        }
      }
      return merged.contains(nil) ? nil : merged.compactMap { $0 }
    }
    guard let inputs = ports(list.inputs, other.inputs), let outputs = ports(list.outputs, other.outputs)
    else { return nil }
    (self.inputs, self.outputs) = (inputs, outputs)
    for (place, next) in other.operators.enumerated() {
      guard operators[place].inputs.count == next.inputs.count else { return nil }
      for (input, operand) in next.inputs.enumerated() {
        if case .extents(let one) = operators[place].inputs[input], case .extents(let two) = operand {
          guard let merged = extents(one, two) else { return nil }
          operators[place].inputs[input] = .extents(merged)
        } else if operators[place].inputs[input] != operand {
          return nil
        }
      }
      guard operators[place].name == next.name, operators[place].attributes == next.attributes else {
        return nil
      }
    }
  }
}

extension Extent {
  /// The extent that is these two at these numbers of examples; `nil` where it does not grow evenly from 0 or more.
  fileprivate init?(_ one: Int, _ two: Int, batches: (Int, Int)) {
    let (step, rest) = (two - one).quotientAndRemainder(dividingBy: batches.1 - batches.0)
    guard rest == 0, step >= 0, one - step * batches.0 >= 0 else { return nil }
    self.init(one - step * batches.0, perExample: step)
  }
}
