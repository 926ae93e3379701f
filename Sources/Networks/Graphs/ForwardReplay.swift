import CoppiceAutodiff
import CoppiceTensors

extension Replay {
  /// The logits of a replayed forward graph, `[labels, classes]`.
  func logits(_ builder: GraphBuilder) -> Value { self["logits"] ?? builder.constant(0) }

  /// A loss with the penalty of a replayed forward graph, where it has one.
  func penalized(_ loss: Value) -> Value { self["penalty"].map { loss + $0 } ?? loss }
}
