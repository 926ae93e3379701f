import CoppiceNetworks
import CoppiceTerms

/// The network that a distillation compares with. It stands still and is given the batches of its student's training alone: never an
/// example that is tested on. Each shipped one stands in Recipes/Teachers/.
public struct DistillationTeacher: Component {
  /// The name, the version and every field of the teacher.
  public let specification: Specification
  /// Finds the stage that leaves the teacher, and its network.
  let find: @Sendable (inout Course) throws -> (stage: StageKey, network: Network)

  /// A teacher.
  init(
    _ name: String, version: Int, fields: [(name: String, value: Specification.Value)] = [],
    find: @escaping @Sendable (inout Course) throws -> (stage: StageKey, network: Network)
  ) {
    specification = Specification(name, version: version, fields)
    self.find = find
  }
}
