import CoppiceStore
import CoppiceTensors

/// The masks that a training has drawn so far: the last ones, and how far each was from those before it.
struct DrawnMasks {
  /// The last masks, the oldest first.
  private var masks: [MaskSet] = []
  /// The steps after which masks were drawn.
  private var steps: [Int] = []
  /// The largest distance of each mask to those before it that were kept; the first mask has none.
  private var distances: [Double] = []

  /// None yet.
  init() {}

  /// Those of a checkpoint.
  init(_ record: StageRecord) {
    masks = record.masks.filter { Self.isDrawn($0.name) }.map(\.values)
    steps = (record[numbers: "drawing_steps"] ?? []).compactMap { Int(exactly: $0) }
    distances = record[numbers: "mask_distances"] ?? []
  }

  /// Takes in a mask and gives its distances to those before it, the oldest first.
  ///
  /// - Parameter memory: how many masks are kept.
  mutating func add(_ mask: MaskSet, at step: Int, memory: Int) -> [Double] {
    let found = masks.map { mask.distance(from: $0) }
    steps.append(step)
    if let largest = found.max() { distances.append(largest) }
    masks = (masks + [mask]).suffix(memory)
    return found
  }

  /// When masks were drawn and how far they moved, as records hold them.
  var numbers: [(name: String, values: [Double])] {
    (steps.isEmpty ? [] : [("drawing_steps", steps.map(Double.init))])
      + (distances.isEmpty ? [] : [("mask_distances", distances)])
  }

  /// The last masks, as checkpoints hold them.
  var sets: [(name: String, values: MaskSet)] {
    masks.enumerated().map { ("drawn-\($0)", $1) }
  }

  /// Whether a set of masks in a record is of those that were drawn.
  static func isDrawn(_ name: String) -> Bool { name.hasPrefix("drawn-") }

  /// Why a checkpoint cannot hold what a training had drawn; `nil` where it can.
  static func fault(in record: StageRecord, step: Int, _ drawing: MaskDrawing?) -> String? {
    let count = drawing?.count(before: step) ?? 0
    let kept = min(count, drawing?.memory ?? 0)
    let names = record.masks.map(\.name).filter(isDrawn)
    guard names == (0..<kept).map({ "drawn-\($0)" }) else {
      return "it has drawn \(count) masks and holds \(names.count) in place of \(kept)"
    }
    let steps = (0..<count).map { Double(($0 + 1) * (drawing?.interval ?? 0)) }
    guard (record[numbers: "drawing_steps"] ?? []) == steps else {
      return "its masks were not drawn when they were due"
    }
    let distances = record[numbers: "mask_distances"] ?? []
    guard distances.count == max(0, count - 1), distances.allSatisfy({ (0...1).contains($0) }) else {
      return "it has \(distances.count) distances of \(count) masks, or such as cannot be"
    }
    return nil
  }
}
