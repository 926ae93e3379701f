import CoppiceTensors

/// Shapes that do not go together, said by the rule of a primitive.
package struct ShapeError: Error, Hashable, CustomStringConvertible {
  package let description: String

  /// An error that says what was expected and what was met; name both shapes.
  package init(_ description: String) { self.description = description }
}

/// The first thing that went wrong while a graph was traced: what, and in which part of the model.
package struct TraceError: Error, Hashable, CustomStringConvertible {
  /// The scope path, `encoder.2.attention`; empty at the top.
  package let scope: String
  /// The primitive whose rule objected.
  package let primitive: String
  /// What it said.
  package let problem: String

  package init(scope: String = "", primitive: String, problem: String) {
    (self.scope, self.primitive, self.problem) = (scope, primitive, problem)
  }

  package var description: String {
    "\(primitive)\(scope.isEmpty ? "" : " in \(scope)"): \(problem)"
  }
}

extension [ValueType] {
  /// The types in words, for the message of a shape rule.
  var listed: String { isEmpty ? "nothing" : map(\.description).joined(separator: ", ") }
}
