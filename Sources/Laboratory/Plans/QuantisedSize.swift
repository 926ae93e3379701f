import CoppiceNetworks
import CoppiceStore
import CoppiceTensors

extension QuantisationRecord {
  /// The record of a stage whose network is quantised, with what it takes in bytes; `nil` where it is not.
  ///
  /// - Parameters:
  ///   - network: the whole network.
  ///   - masks: what survives; `nil` for all.
  init?(_ stage: StageRecord, of network: Network, masks: MaskSet?) {
    guard var record = QuantisationRecord(stage), let scales = stage[parameters: "scales"] else { return nil }
    for declaration in network.declarations {
      let (count, survivors) = (declaration.shape.count, masks?[declaration.name]?.keptCount)
      if let scale = scales[declaration.name] {
        record.add(weightOf: count, survivors: survivors ?? count, rows: scale.shape.count)
      } else {
        record.add(arrayOf: count, survivors: survivors ?? count)
      }
    }
    for buffer in network.buffers { record.add(arrayOf: buffer.shape.count, survivors: buffer.shape.count) }
    self = record
  }
}
