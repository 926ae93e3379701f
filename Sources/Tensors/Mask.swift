/// Which elements of a weight survive: 1 where the weight is kept, 0 where it is pruned. Shaped like the weight.
public struct Mask: Hashable, Sendable {
  /// The extents, those of the weight.
  public let shape: Shape
  /// One byte an element, 0 or 1, row-major.
  public var bytes: [UInt8]

  /// The mask of an unpruned weight.
  public init(keepingAll shape: Shape) {
    self.shape = shape
    if shape.count < 0 { ShapeFaults.note("a mask of the shape \(shape) cannot be") }
    bytes = [UInt8](repeating: 1, count: max(0, shape.count))
  }

  /// A mask from 0/1 bytes; any other non-zero byte counts as 1. Another number of them than the shape's is an error of the
  /// criterion or other part that makes it.
  public init(_ shape: Shape, _ bytes: [UInt8]) {
    self.shape = shape
    self.bytes = bytes.map { $0 == 0 ? 0 : 1 }
    guard bytes.count != shape.count else { return }
    ShapeFaults.note("\(bytes.count) bytes do not fill the shape \(shape)")
    self.bytes = [UInt8](repeating: 1, count: max(0, shape.count))
  }

  /// The number of elements.
  public var count: Int { bytes.count }

  /// The number of surviving elements.
  public var keptCount: Int {
    bytes.withUnsafeBytes { bytes in
      let whole = bytes.count & ~7
      var (count, place) = (0, 0)
      while place < whole {
        // Eight bytes at a time; each of the eight sums fits in a byte for 255 times.
        let end = min(whole, place + 8 * 255)
        var sums: UInt64 = 0
        while place < end {
          sums &+= bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)
          place += 8
        }
        let pairs = (sums & 0x00ff_00ff_00ff_00ff) + (sums >> 8 & 0x00ff_00ff_00ff_00ff)
        count += Int((pairs &* 0x0001_0001_0001_0001) >> 48)
      }
      for place in whole..<bytes.count { count += Int(bytes[place]) }
      return count
    }
  }

  /// The fraction that survives, 0…1.
  public var density: Double { count == 0 ? 1 : Double(keptCount) / Double(count) }

  /// The fraction that is pruned, 0…1.
  public var sparsity: Double { 1 - density }

  /// Whether every survivor of this mask also survives in `other`: masks only shrink across rounds.
  public func isSubset(of other: Mask) -> Bool {
    shape == other.shape && zip(bytes, other.bytes).allSatisfy { $0 <= $1 }
  }

  /// What survives here or there, in masks of one shape.
  package func union(_ other: Mask) -> Mask {
    guard shape == other.shape else {
      ShapeFaults.note("masks of shape \(shape) and \(other.shape) have no union")
      return self
    }
    precondition(bytes.count == other.bytes.count, "a mask has a byte for each element of its shape")
    var union = self
    union.bytes.withUnsafeMutableBufferPointer { bytes in
      other.bytes.withUnsafeBufferPointer { for place in bytes.indices { bytes[place] |= $0[place] } }
    }
    return union
  }

  /// What does not survive.
  package var complement: Mask {
    var complement = self
    complement.bytes.withUnsafeMutableBufferPointer { bytes in
      for place in bytes.indices { bytes[place] ^= 1 }
    }
    return complement
  }

  /// Tells `body` the places of the survivors, in order. Eight elements are looked at together: where none or all of them survive,
  /// which is the rule in masks that keep little or nearly all, there is no question for each.
  @inlinable @inline(__always)
  package func forEachSurvivor(_ body: (_ place: Int) -> Void) {
    bytes.withUnsafeBytes { bytes in
      let whole = bytes.count & ~7
      for first in stride(from: 0, to: whole, by: 8) {
        var eight = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: first, as: UInt64.self))
        if eight == 0x0101_0101_0101_0101 {
          for place in first..<first + 8 { body(place) }
          continue
        }
        while eight != 0 {
          let bit = eight.trailingZeroBitCount & ~7
          body(first + bit / 8)
          eight &= ~(0xFF << UInt64(bit))
        }
      }
      for place in whole..<bytes.count where bytes[place] != 0 { body(place) }
    }
  }

  /// The weight with its pruned elements set to +0.
  public func applied(to weight: Tensor) -> Tensor {
    guard weight.shape == shape, weight.scalars.count == bytes.count else {
      ShapeFaults.note("a mask of shape \(shape) does not fit a weight of shape \(weight.shape)")
      return weight
    }
    var masked = weight
    masked.scalars.withUnsafeMutableBufferPointer { clear($0) }
    return masked
  }

  /// Sets the pruned ones of as many scalars as the mask has elements to +0. All are written, so that there is no question for each.
  package func clear(_ scalars: UnsafeMutableBufferPointer<Float>) {
    precondition(scalars.count == bytes.count, "a mask has a byte for each element of its shape")
    bytes.withUnsafeBufferPointer { bytes in
      for index in bytes.indices {
        let scalar = scalars[index]
        scalars[index] = bytes[index] == 0 ? 0 : scalar
      }
    }
  }
}
