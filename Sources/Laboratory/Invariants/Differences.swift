import CoppiceTensors

/// Elements of one parameter that are not what they must be.
struct Differences {
  /// How many there are, and the place of the first, row-major.
  private(set) var count = 0
  private(set) var first = 0

  /// The elements of an array at which a mask has a value and `isWrong` holds.
  ///
  /// - Parameter value: 1 for survivors, 0 for pruned weights.
  init(_ tensor: Tensor, where mask: Mask?, is value: UInt8, _ isWrong: (Int, Float) -> Bool) {
    tensor.scalars.withUnsafeBufferPointer { scalars in
      func look(_ place: Int) {
        guard isWrong(place, scalars[place]) else { return }
        if count == 0 { first = place }
        count += 1
      }
      guard let mask else {
        if value == 1 { for place in scalars.indices { look(place) } }
        return
      }
      mask.bytes.withUnsafeBufferPointer { bytes in
        for place in 0..<min(bytes.count, scalars.count) where bytes[place] == value { look(place) }
      }
    }
  }

  /// The elements whose bits are not those of another array.
  init(_ tensor: Tensor, from other: Tensor, where mask: Mask?, is value: UInt8) {
    guard tensor.shape == other.shape else {
      (count, first) = (tensor.shape.count, 0)
      return
    }
    self = other.scalars.withUnsafeBufferPointer { others in
      Differences(tensor, where: mask, is: value) { $1.bitPattern != others[$0].bitPattern }
    }
  }

  /// Where they are: "3 of fc1.weight, the first at place 17".
  func text(of name: String) -> String {
    count == 1 ? "1 of \(name), at place \(first)" : "\(count) of \(name), the first at place \(first)"
  }
}
