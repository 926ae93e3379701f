import CoppiceTensors

/// Layer by layer, survivors that are small make room for as many weights elsewhere.
extension DynamicsContext {
  /// How other weights are found for the place of those that are dropped.
  typealias Growth = (_ parameter: String, _ kept: Mask, _ count: Int) throws -> Mask

  /// Masks with ⌊fraction · n⌋ of the n survivors of every layer dropped, the smallest first, and as many weights grown among all that
  /// are not kept: one that has just been dropped may stay, with its value. So the count of every layer is what it was.
  func replacing(
    _ fraction: Double, in masks: MaskSet, for dynamics: String, growing grown: Growth
  ) throws -> MaskSet {
    var result = masks
    for (name, mask) in masks.counted {
      let count = Int(fraction * Double(mask.keptCount))
      guard count > 0 else { continue }
      result[name] = try grown(name, try dropping(count, from: mask, of: name, for: dynamics), count)
    }
    return result
  }

  /// A mask without the `count` survivors of least magnitude.
  func dropping(
    _ count: Int, from mask: Mask, of parameter: String, for dynamics: String
  ) throws -> Mask {
    guard let weight = weights[parameter] else {
      throw PruningError.missingParameter(parameter, in: "weights")
    }
    var candidate = Candidate(
      name: parameter, scores: try magnitudes(weight, "value", of: parameter, for: dynamics), mask: mask,
      ties: ties(for: parameter))
    _ = candidate.removeLowest(count)
    return candidate.mask
  }

  /// A mask with `count` more weights, drawn among those that it does not have.
  func growing(_ count: Int, to kept: Mask, of parameter: String) throws -> Mask {
    var random = try random(for: parameter)
    var free = [Int32](unsafeUninitializedCapacity: kept.count) { free, count in
      for (place, byte) in kept.bytes.enumerated() where byte == 0 {
        free.initializeElement(at: count, to: Int32(place))
        count += 1
      }
    }
    var mask = kept
    for index in 0..<min(count, free.count) {
      free.swapAt(index, index + Int(random.integer(below: UInt32(free.count - index))))
      mask.bytes[Int(free[index])] = 1
    }
    return mask
  }

  /// A mask with `count` more weights: those of the greatest scores among those that it does not have.
  func growing(_ count: Int, to kept: Mask, of parameter: String, by scores: [Float]) -> Mask {
    var candidate = Candidate(
      name: parameter, scores: scores, mask: kept.complement, ties: ties(for: parameter))
    _ = candidate.removeLowest(candidate.mask.keptCount - count)
    return kept.union(candidate.mask)
  }

  /// |∂L/∂w| of every element of the masks' parameters, survivors or not.
  func gradientMagnitudes(for dynamics: String) throws -> [String: [Float]] {
    let gradients = try evidence(.gradients)
    var magnitudes: [String: [Float]] = [:]
    for name in masks.active.counted.names {
      guard let gradient = gradients[name] else {
        throw PruningError.missingParameter(name, in: "gradients of dynamics \(dynamics)")
      }
      magnitudes[name] = try self.magnitudes(gradient, "gradient", of: name, for: dynamics)
    }
    return magnitudes
  }

  private func magnitudes(
    _ tensor: Tensor, _ quantity: String, of parameter: String, for dynamics: String
  ) throws -> [Float] {
    var (magnitudes, largest) = (tensor.scalars, Int32(0))
    // Magnitudes have the order of their bits.
    magnitudes.withUnsafeMutableBufferPointer { magnitudes in
      for index in magnitudes.indices {
        magnitudes[index] = magnitudes[index].magnitude
        largest = max(largest, Int32(bitPattern: magnitudes[index].bitPattern))
      }
    }
    // What is not finite has all bits of its exponent set.
    guard largest < 0x7F80_0000 else {
      let index = magnitudes.firstIndex { !$0.isFinite } ?? 0
      throw DynamicsError.notFinite(dynamics, quantity, of: parameter, index: index)
    }
    return magnitudes
  }
}

extension PruningSetup {
  /// Refuses granularities and allocations that a dynamics breaks which moves single weights from row to row.
  func requireSingleWeights(for dynamics: String, byRow: Bool = false) throws {
    guard prunesWeights else {
      throw DynamicsError.unfit(
        "it moves single weights, and granularity \(granularity.name) removes several together; set granularity=weight, or "
          + "dynamics=gradual", dynamics: dynamics)
    }
    if !byRow, case .rows = try allocation.quota(for: layers, target: .sparsity(0)) {
      throw DynamicsError.unfit(
        "it moves weights from row to row, and allocation \(allocation.name) keeps as many of every row; use layer-wise, or "
          + "dynamics=srigl", dynamics: dynamics)
    }
  }
}
