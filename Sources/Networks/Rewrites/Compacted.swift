import CoppiceAutodiff
import CoppiceTensors
import CoppiceTerms

/// A network whose arrays are smaller: of every channel, feature or head that is removed, all that the graph ties to it is gone from
/// parameters, buffers and operations (`Graph.compacted`). Residual branches that are removed leave their shortcut, blocks leave what they
/// are given (`Graph.cutting`).
///
/// Where the removed places of all parameters are 0, its logits are those of the whole network up to rounding. It is trained, pruned,
/// stored and compacted again like any other.
package struct Compacted: NetworkRewrite {
  /// The branches and blocks that are left out.
  package let parts: [GraphPart]
  /// What is kept of the other parameters and buffers.
  package let kept: KeptAxes

  /// The network of these places, without these parts.
  package init(_ kept: KeptAxes, without parts: [GraphPart] = []) { (self.kept, self.parts) = (kept, parts) }

  /// The network without what makes no difference under masks, see `SilentUnits`.
  package init(_ network: Network, masks: MaskSet) throws {
    let removal = try SilentUnits(network.forward(batch: 1, isTraining: false)).removal(under: masks)
    self.init(removal.kept, without: removal.parts)
  }

  /// The network without these slices and all that is tied to them.
  /// - Throws: `TraceError` where something cannot be removed, or nothing of an axis would be left.
  package init(_ network: Network, without slices: [AxisSlice]) throws {
    self.init(try network.forward(batch: 1, isTraining: false).keptAxes(without: slices))
  }

  /// The network in which each of these blocks is the identity: `h.2` of an encoder, `layer3.1` of a ResNet. No scores are needed.
  /// - Throws: `TraceError` where there is no such block, or nothing could stand in its place.
  package init(_ network: Network, withoutBlocks scopes: [String]) throws {
    let blocks = GraphParts(try network.forward(batch: 1, isTraining: false)).blocks
    let parts = try scopes.map { scope in
      guard let block = blocks.first(where: { $0.part.scope == scope }) else {
        throw TraceError(
          primitive: "compacted",
          problem: blocks.isEmpty
            ? "\(network.model.name) has no blocks with shortcuts"
            : "\(network.model.name) has no block \(scope), but \(blocks.map(\.part.scope).joined(separator: ", "))"
        )
      }
      guard let cut = block.cut else {
        throw TraceError(
          scope: scope, primitive: "compacted",
          problem: "the block cannot be left out: \(block.reason ?? "")")
      }
      return cut.part
    }
    self.init(KeptAxes([]), without: parts)
  }

  /// The network without some blocks and without what makes no difference under masks in what is left.
  package init(_ network: Network, masks: MaskSet, withoutBlocks scopes: [String]) throws {
    let blocks = try Compacted(network, withoutBlocks: scopes)
    let units = try Compacted(blocks.apply(to: network), masks: blocks.sliced(masks))
    self.init(units.kept, without: blocks.parts + units.parts)
  }

  /// Whether nothing is removed.
  package var isEmpty: Bool { kept.isEmpty && parts.isEmpty }

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
      ]
    ).adding([
      (
        "without",
        .list(
          parts.map { part in
            .list([
              .text(part.kind.rawValue), .text(part.scope),
              .list(part.parameters.map(Specification.Value.text)),
            ])
          }), neutral: .list([])
      )
    ])
  }

  package func apply(to network: Network) throws -> Network {
    guard !isEmpty else { return network }
    guard network.forms.isEmpty else {
      throw TraceError(primitive: specification.name, problem: "takes a network before its sparse form")
    }
    let (left, buffers) = (
      network.declarations.filter { !isGone($0.name) }, network.buffers.filter { !isGone($0.name) }
    )
    let shapes = left.map { ($0.name, $0.shape) } + buffers.map { ($0.name, $0.shape) }
    for axis in kept.axes where !shapes.contains(where: { $0.0 == axis.leaf }) {
      throw TraceError(primitive: specification.name, problem: "\(network.model.name) has no \(axis.leaf)")
    }
    if let fault = shapes.lazy.compactMap({ kept.fault($0.0, $0.1) }).first {
      throw TraceError(primitive: specification.name, problem: fault)
    }
    let (places, parts) = (kept, parts)
    return try network.rewritten(
      by: self, declarations: left.map(kept.declaration),
      buffers: buffers.map { ($0.name, kept.shape($0.name, $0.shape), $0.initial) }
    ) { graph, _ in try graph.cutting(parts).compacted(keeping: places) }
  }

  /// Whether a parameter or buffer goes as a whole.
  package func isGone(_ name: String) -> Bool { parts.contains { $0.owns(name) } }

  /// What is left of parameters, or of buffers.
  package func sliced(_ arrays: ParameterSet) -> ParameterSet {
    ParameterSet(arrays.filter { !isGone($0.name) }.map { ($0, kept.sliced($0, $1)) })
  }

  /// What is left of everything that a training goes on from, the optimizer's moments among it.
  package func sliced(_ state: TrainingState) -> TrainingState {
    TrainingState(
      parameters: sliced(state.parameters), buffers: sliced(state.buffers),
      moments: ParameterSet(
        state.moments.filter { !isGone(Self.parameter(ofMoment: $0.name)) }.map { name, moment in
          (name, kept.sliced(Self.parameter(ofMoment: name), moment))
        }), step: state.step)
  }

  /// What is left of masks. What counts before counts after.
  package func sliced(_ masks: MaskSet) -> MaskSet {
    var result = MaskSet()
    for (name, mask) in masks where !isGone(name) {
      let sliced = kept.sliced(name, mask)
      if masks.isCompanion(name) { result.setCompanion(name, sliced) } else { result[name] = sliced }
    }
    return result
  }

  /// Whole arrays with what is left of them put back in its place, in the order of the whole ones where parts are gone.
  /// - Parameter whole: what stands at the removed places.
  package func expanded(_ arrays: ParameterSet, into whole: ParameterSet) -> ParameterSet {
    guard !parts.isEmpty else {
      return ParameterSet(
        arrays.map { name, sliced in
          (name, whole[name].map { kept.scattered(name, sliced, into: $0) } ?? sliced)
        })
    }
    return ParameterSet(
      whole.compactMap { name, tensor in
        if let sliced = arrays[name] { return (name, kept.scattered(name, sliced, into: tensor)) }
        return isGone(name) ? (name, tensor) : nil
      })
  }

  /// A whole state with what is left of it put back in its place; moments of what was removed are 0.
  /// - Parameter whole: a state of the whole network. Where parts are gone, the names of its moments say which there are.
  package func expanded(_ state: TrainingState, into whole: TrainingState) -> TrainingState {
    let names = parts.isEmpty ? state.moments.names : whole.moments.names
    return TrainingState(
      parameters: expanded(state.parameters, into: whole.parameters),
      buffers: expanded(state.buffers, into: whole.buffers),
      moments: ParameterSet(
        names.compactMap { name in
          let parameter = Self.parameter(ofMoment: name)
          guard let shape = whole.parameters[parameter]?.shape else {
            return state.moments[name].map { (name, $0) }
          }
          let zeros = Tensor(repeating: 0, shape)
          return (name, state.moments[name].map { kept.scattered(parameter, $0, into: zeros) } ?? zeros)
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
