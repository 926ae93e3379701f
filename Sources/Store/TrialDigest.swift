import CoppiceTensors

extension TrialRecord {
  /// Feeds `update` a canonical form of the results: initial weights, and the weights, masks, series and
  /// evaluations of every round, each with its name and shape, little-endian. Wall times, names and
  /// provenance are left out; all NaN are one, as the numerics contract compares them. Two records with equal
  /// bytes are the same result bit for bit.
  ///
  /// Of an evaluation it takes `Evaluation.digested` and the accuracy of each class. Newer metrics are functions of the same
  /// predictions; they stay out, so that adding one changes no digest.
  package func digest(_ update: (UnsafeRawBufferPointer) -> Void) {
    withoutActuallyEscaping(update) { digest(into: DigestStream(update: $0)) }
  }

  private func digest(into stream: DigestStream) {
    stream.add(initialWeights, "initial")
    for round in rounds {
      stream.add("round", [Int64(round.index)])
      stream.add(round.weights, "weights")
      stream.add(round.masks, "masks")
      stream.add(round.trainedMasks, "trained_masks")
      stream.add(round.channelOrders, "channel_orders")
      stream.add(round.weightScales, "weight_scales")
      stream.add(round.inputRanges, "input_ranges")
      stream.add("series", round.series.steps.map(Int64.init))
      for column in round.series.columns { stream.add(column.name, [column.values.count], column.values) }
      stream.add("evaluations", round.evaluations.map { Int64($0.step) })
      for evaluation in round.evaluations {
        let values = Evaluation.digested.map { evaluation[$0] } + evaluation.testClassAccuracy
        stream.add("evaluation", [values.count], values)
      }
    }
  }
}

/// The bytes of the canonical form, as they arise.
private struct DigestStream {
  let update: (UnsafeRawBufferPointer) -> Void

  func add(_ parameters: ParameterSet?, _ label: String) {
    guard let parameters else { return }
    add(label)
    for (name, tensor) in parameters { add(name, tensor.shape.axes, tensor.scalars) }
  }

  func add(_ masks: MaskSet?, _ label: String) {
    guard let masks else { return }
    add(label)
    for (name, mask) in masks { add(name, mask.shape.axes, mask.bytes) }
  }

  func add(_ label: String, _ integers: [Int64] = []) {
    let bytes = Array(label.utf8)
    let words = [Int64(bytes.count)] + [Int64(integers.count)] + integers
    words.map(\.littleEndian).withUnsafeBytes(update)
    bytes.withUnsafeBytes(update)
  }

  func add(_ name: String, _ shape: [Int], _ bytes: [UInt8]) {
    add(name, shape.map(Int64.init))
    bytes.withUnsafeBytes(update)
  }

  func add(_ name: String, _ shape: [Int], _ values: [Float]) {
    add(name, shape.map(Int64.init))
    values.map { ($0.isNaN ? Float.nan : $0).bitPattern.littleEndian }.withUnsafeBytes(update)
  }

  func add(_ name: String, _ shape: [Int], _ values: [Double]) {
    add(name, shape.map(Int64.init))
    values.map { ($0.isNaN ? Double.nan : $0).bitPattern.littleEndian }.withUnsafeBytes(update)
  }
}
