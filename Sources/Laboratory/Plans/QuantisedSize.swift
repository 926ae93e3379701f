import CoppiceNetworks
import CoppiceStore
import CoppiceTensors

extension Quantisation {
  /// What the codes of a round stand for; `nil` where it is not quantised.
  package init?(_ round: RoundRecord) {
    guard let scales = round.weightScales, let bits = Int(exactly: round.row[metric: .bits]) else {
      return nil
    }
    self.init(bits: bits, scales: scales, ranges: round.inputRanges ?? ParameterSet())
  }

  /// What the codes of a stage's network stand for; `nil` where it is not quantised.
  init?(_ stage: StageRecord) {
    guard let record = QuantisationRecord(stage), let scales = stage[parameters: "scales"] else { return nil }
    self.init(bits: record.bits, scales: scales, ranges: stage[parameters: "ranges"] ?? ParameterSet())
  }
}

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
