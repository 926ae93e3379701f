import CoppiceNetworks
import CoppiceTerms
import Synchronization

/// The models of a plan, each traced once, however many trials train it.
final class KnownNetworks: Sendable {
  private let traced = Mutex<[Specification: Network]>([:])

  /// The model of a trial, traced for its task.
  ///
  /// - Throws: `TraceError` where the shapes of the model and the task do not go together.
  func network(_ trial: Trial, _ interface: Interface) throws -> Network {
    let key = Specification(
      "traced", version: 1,
      [
        ("model", .component(trial.model.specification)), ("interface", .component(interface.specification)),
        ("initializer", trial.initializer.map { .component($0.specification) } ?? .none),
      ])
    if let known = traced.withLock({ $0[key] }) { return known }
    let model = try Network(trial.model, interface, initializer: trial.initializer)
    traced.withLock { $0[key] = model }
    return model
  }
}
