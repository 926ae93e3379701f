import CoppiceHDF5
import CoppiceTensors

/// Tests of what a file holds, made after its seal was found right: whoever writes a file can seal it. What is tested here is all
/// that a reader of the books may rest on, whatever network they are of.
///
/// Each kind of file has one such test. It gives why its contents cannot be what this program wrote, or `nil` where they can.
enum Contents {
  /// The largest whole number that a Double holds as exactly as an Int does. No count is larger, and no sum of counts.
  static let mostCounted = 1 << 53

  /// A whole number of something, 0 or more.
  static func isCount(_ value: Int) -> Bool { (0...mostCounted).contains(value) }

  /// The same as files of stages hold it.
  static func isCount(_ value: Double) -> Bool {
    value >= 0 && value <= Double(mostCounted) && value == value.rounded()
  }

  /// - Throws: `HDF5Error` at a place in a file, where there is a fault.
  static func require(
    _ fault: String?, in file: String, at object: String = "/"
  ) throws(HDF5Error) {
    guard let fault else { return }
    throw HDF5Error(call: "read", file: file, object: object, message: "bad contents: \(fault)")
  }
}

extension [Int] {
  /// Why these are no steps: negative, too large to count, or not ascending.
  var stepFault: String? {
    for (place, step) in enumerated() {
      guard Contents.isCount(step) else { return "\(step) is no step" }
      if place > 0, step < self[place - 1] { return "step \(step) stands behind step \(self[place - 1])" }
    }
    return nil
  }
}

extension [LayerRecord] {
  /// Why these are no layers of a network.
  var fault: String? {
    var (parameters, flops) = (0, 0)
    for layer in self {
      guard
        [layer.parameters, layer.nonzero, layer.flops, layer.flopsNonzero].allSatisfy(Contents.isCount),
        layer.nonzero <= layer.parameters
      else {
        return
          "layer \(layer.name) has \(layer.nonzero) of \(layer.parameters) parameters, "
          + "\(layer.flopsNonzero) of \(layer.flops) FLOPs"
      }
      // The sum before is at most 2⁵³, and so is what is added.
      parameters += layer.parameters
      flops += Swift.max(layer.flops, layer.flopsNonzero)
      guard Contents.isCount(parameters), Contents.isCount(flops) else {
        return "the layers have more parameters or FLOPs than can be counted"
      }
    }
    return nil
  }
}

extension MaskSet {
  /// Why these are no masks of some arrays; `nil` where they are, or the arrays were not kept.
  func fault(of parameters: ParameterSet?) -> String? {
    guard let parameters else { return nil }
    for (name, mask) in self {
      guard let weight = parameters[name] else { return "\(name) has a mask and is not there" }
      if weight.shape != mask.shape {
        return "the mask of \(name) is shaped \(mask.shape), \(name) itself \(weight.shape)"
      }
    }
    return nil
  }
}

extension StageRecord {
  /// Why this is no stage.
  var fault: String? {
    if let fault = series.steps.stepFault ?? evaluations.map(\.step).stepFault ?? layers.fault {
      return fault
    }
    for (name, values) in numbers {
      if let isRight = Self.tests[name], !isRight(values) {
        return "the numbers \(name) are \(values.prefix(6).map { "\($0)" }.joined(separator: ", "))"
      }
    }
    for (_, masks) in self.masks {
      if let fault = masks.fault(of: self[parameters: "parameters"]) { return fault }
    }
    return tables.lazy.compactMap(\.fault).first
  }

  /// What numbers of these names must be; those of other names may be any.
  private static let tests: [String: @Sendable ([Double]) -> Bool] = {
    let count: @Sendable ([Double]) -> Bool = { $0.count == 1 && Contents.isCount($0[0]) }
    let amount: @Sendable ([Double]) -> Bool = { $0.count == 1 && $0[0].isFinite && $0[0] >= 0 }
    return [
      "step": count, "ties": count, "settled_step": count, "flops": count, "wall_time": amount,
      "training_flops": amount, "training_flops_dense": amount,
      "exploration": { $0.count == 1 && (0...1).contains($0[0]) },
      "requested_sparsity": { $0.count == 1 && (0...1).contains($0[0]) },
      "window": { $0.count == 2 && Contents.isCount($0[1]) },
      "quantisation": { $0.count == 2 && $0.allSatisfy(Contents.isCount) },
      "paths": { $0.count == 6 && $0.allSatisfy(Contents.isCount) },
    ]
  }()
}

extension NamedTable {
  /// Why this is no table: it is drawn by columns that it does not have.
  var fault: String? {
    guard let drawing else { return nil }
    let columns =
      [drawing.x, drawing.y] + drawing.by + [drawing.reference, drawing.value].compactMap { $0 }
    return columns.first { self[$0] == nil }.map {
      "the table \(name) is drawn by \($0), which it does not have"
    }
  }
}

extension IndexRow {
  /// Why this is no row of an index.
  var fault: String? {
    guard Contents.isCount(round), rewindStep.map(Contents.isCount) ?? true else {
      return "round \(round)\(rewindStep.map { ", rewound to step \($0)" } ?? "")"
    }
    // A trial is named like its file.
    guard !trial.contains("/"), ![".", ".."].contains(trial), trial.utf8.count <= 255 else {
      return "\(trial.prefix(80).debugDescription) is no name of a trial"
    }
    return nil
  }
}

extension RoundRecord {
  /// Why this is no round of a trial, or not that of this number.
  func fault(asRound index: Int) -> String? {
    if row.round != index { return "round \(row.round) is kept as round \(index)" }
    if let fault = row.fault ?? series.steps.stepFault ?? evaluations.map(\.step).stepFault ?? layers.fault
      ?? masks?.fault(of: weights) ?? trainedMasks?.fault(of: weights)
    {
      return fault
    }
    guard let weights else { return nil }
    for (name, scales) in weightScales ?? ParameterSet() {
      guard let rows = weights[name]?.shape.axes.first, scales.shape.axes == [rows] else {
        return
          "the scales of \(name) are shaped \(scales.shape), and it is \(weights[name].map { "\($0.shape)" } ?? "not there")"
      }
    }
    if let (name, range) = inputRanges?.first(where: { $0.tensor.shape != [2] }) {
      return "the range of the inputs of \(name) is shaped \(range.shape)"
    }
    for layer in layers {
      guard let weight = weights[layer.name] else { return "\(layer.name) is a layer and is not there" }
      if weight.shape.count != layer.parameters {
        return "\(layer.name) is shaped \(weight.shape) and has \(layer.parameters) parameters"
      }
    }
    return nil
  }
}

extension Summary {
  /// Why this is no summary.
  var fault: String? {
    rows.lazy.compactMap(\.fault).first ?? analyses.lazy.compactMap(\.fault).first
  }
}
