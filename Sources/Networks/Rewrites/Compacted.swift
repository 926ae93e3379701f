import CoppiceAutodiff
import CoppiceTensors
import CoppiceTerms

/// A network whose arrays are smaller: of every channel, feature or head that is removed, all that the graph ties to it is gone from
/// parameters, buffers and operations (`Graph.compacted`).
///
/// Where the removed places of all parameters are 0, its logits are those of the whole network up to rounding. It is trained, pruned,
/// stored and compacted again like any other.
package struct Compacted: NetworkRewrite {
  /// What is kept of parameters and buffers.
  package let kept: KeptAxes

  /// The network of these places.
  package init(_ kept: KeptAxes) { self.kept = kept }

  /// The network without what says nothing under masks, see `SilentUnits`.
  package init(_ network: Network, masks: MaskSet) throws {
    self.init(try SilentUnits(network.forward(batch: 1, isTraining: false)).keptAxes(under: masks))
  }

  /// The network without these slices and all that is tied to them.
  /// - Throws: `TraceError` where something cannot be removed, or nothing of an axis would be left.
  package init(_ network: Network, without slices: [AxisSlice]) throws {
    self.init(try network.forward(batch: 1, isTraining: false).keptAxes(without: slices))
  }

  package var specification: Specification {
    Specification(
      "compacted", version: 1,
      [
        (
          "kept",
          .list(
            kept.axes.map { axis in
              .list([
                .text(axis.leaf), .integer(axis.axis), .integer(axis.extent),
                .list(axis.places.map(Specification.Value.integer)),
              ])
            })
        )
      ])
  }

  package func apply(to network: Network) throws -> Network {
    guard !kept.isEmpty else { return network }
    guard network.forms.isEmpty else {
      throw TraceError(primitive: specification.name, problem: "takes a network before its sparse form")
    }
    let shapes =
      network.declarations.map { ($0.name, $0.shape) } + network.buffers.map { ($0.name, $0.shape) }
    for axis in kept.axes where !shapes.contains(where: { $0.0 == axis.leaf }) {
      throw TraceError(primitive: specification.name, problem: "\(network.model.name) has no \(axis.leaf)")
    }
    if let fault = shapes.lazy.compactMap({ kept.fault($0.0, $0.1) }).first {
      throw TraceError(primitive: specification.name, problem: fault)
    }
    let (places, declarations) = (kept, network.declarations.map(kept.declaration))
    return try network.rewritten(
      by: self, declarations: declarations,
      buffers: network.buffers.map { ($0.name, kept.shape($0.name, $0.shape), $0.initial) }
    ) { graph, _ in try graph.compacted(keeping: places) }
  }

  /// What is left of parameters, or of buffers.
  package func sliced(_ arrays: ParameterSet) -> ParameterSet {
    ParameterSet(arrays.map { ($0, kept.sliced($0, $1)) })
  }

  /// What is left of everything that a training goes on from, the optimizer's moments among it.
  package func sliced(_ state: TrainingState) -> TrainingState {
    TrainingState(
      parameters: sliced(state.parameters), buffers: sliced(state.buffers),
      moments: ParameterSet(
        state.moments.map { name, moment in (name, kept.sliced(Self.parameter(ofMoment: name), moment)) }),
      step: state.step)
  }

  /// What is left of masks. What counts before counts after.
  package func sliced(_ masks: MaskSet) -> MaskSet {
    var result = MaskSet()
    for (name, mask) in masks {
      let sliced = kept.sliced(name, mask)
      if masks.isCompanion(name) { result.setCompanion(name, sliced) } else { result[name] = sliced }
    }
    return result
  }

  /// Whole arrays with what is left of them put back in its place.
  /// - Parameter whole: what stands at the removed places.
  package func expanded(_ arrays: ParameterSet, into whole: ParameterSet) -> ParameterSet {
    ParameterSet(
      arrays.map { name, sliced in
        (name, whole[name].map { kept.scattered(name, sliced, into: $0) } ?? sliced)
      })
  }

  /// A whole state with what is left of it put back in its place; moments of what was removed are 0.
  package func expanded(_ state: TrainingState, into whole: TrainingState) -> TrainingState {
    TrainingState(
      parameters: expanded(state.parameters, into: whole.parameters),
      buffers: expanded(state.buffers, into: whole.buffers),
      moments: ParameterSet(
        state.moments.map { name, moment in
          let parameter = Self.parameter(ofMoment: name)
          guard let shape = whole.parameters[parameter]?.shape else { return (name, moment) }
          return (name, kept.scattered(parameter, moment, into: Tensor(repeating: 0, shape)))
        }), step: state.step)
  }

  /// `fc1.weight` of `velocity:fc1.weight`.
  private static func parameter(ofMoment name: String) -> String {
    name.split(separator: ":", maxSplits: 1).last.map(String.init) ?? name
  }
}

extension KeptAxes {
  /// What a parameter is declared as without its removed places.
  fileprivate func declaration(_ whole: ParameterDeclaration) -> ParameterDeclaration {
    ParameterDeclaration(
      whole.name, shape(whole.name, whole.shape), whole.initializer, isPrunable: whole.isPrunable,
      isTrained: whole.isTrained, training: whole.training)
  }
}
