import CoppiceAutodiff
import CoppiceNetworks
import CoppiceStore
import CoppiceTensors
import CoppiceTerms

/// Masks under which some blocks of a network say nothing: of each block, all residual branches. They depend on no weight.
package struct LeaveOutStage: Stage {
  let regimen: Regimen
  let blocks: [String]
  /// The layers that are pruned.
  let layers: [String]
  package let key: StageKey

  package init(_ regimen: Regimen, blocks: [String], among layers: [String]) {
    (self.regimen, self.blocks, self.layers) = (regimen, blocks, layers)
    key = StageKey(
      Specification(
        "leave-out", version: 1,
        [
          ("network", .component(regimen.model.origin)), ("blocks", .list(blocks.map { .text($0) })),
          ("layers", .list(layers.map { .text($0) })),
        ]))
  }

  package var parents: [StageKey] { [] }

  /// The parameters of the blocks' branches.
  /// - Throws: `TraceError` where there is no such block, or nothing could stand in its place.
  static func parameters(of blocks: [String], in network: Network) throws -> Set<String> {
    _ = try Compacted(network, withoutBlocks: blocks)
    let parts = GraphParts(try network.forward(batch: 1, isTraining: false))
    let branches = parts.blocks.filter { blocks.contains($0.part.scope) }.flatMap(\.branches)
    return Set(branches.flatMap { parts.branches[$0].part.parameters })
  }

  package func fault(in record: StageRecord) -> String? { regimen.maskFault(in: record) }

  package func run(_ context: StageContext) throws -> StageRecord {
    let names = try Self.parameters(of: blocks, in: regimen.model)
    var masks = MaskSet()
    for declaration in regimen.model.declarations {
      let isGone = names.contains(declaration.name)
      let byte: UInt8 = isGone ? 0 : 1
      let mask = Mask(declaration.shape, [UInt8](repeating: byte, count: declaration.shape.count))
      if declaration.isPrunable {
        if isGone || layers.contains(declaration.name) { masks[declaration.name] = mask }
      } else if isGone {
        masks.setCompanion(declaration.name, mask)
      }
    }
    var record = StageRecord(
      key: key.hexadecimal, masks: [("masks", masks)], numbers: [("requested_sparsity", [masks.sparsity])])
    try record.follow(masks, of: regimen, context.costs)
    return record
  }
}
