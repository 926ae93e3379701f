import CKernels
import CoppiceTensors

/// Which elements of a weight survive pruning: a constant of the sparse primitives. The survivors' values are one array
/// `[count]`, in the order of the weight's elements or, for a matrix that meets one example at a time, of its interleaved rows.
package struct SparsePattern: Hashable, Sendable, CustomStringConvertible {
  /// The extents of the weight, output rows first.
  package let shape: Shape
  /// The weight's name, by which its pattern may be exchanged for another one; `nil` where none is.
  package let weight: String?
  /// The places of the survivors in the row-major weight, in the order of their values: ascending, or interleaved.
  package let places: [Int32]
  /// What gives the values their order, for `SparseAffine.Single` and nothing else.
  let interleaving: InterleavedRows?

  /// The survivors of a mask, in the order of the weight's elements.
  package init(_ mask: Mask, of weight: String? = nil) {
    shape = mask.shape
    self.weight = weight
    places = [Int32](unsafeUninitializedCapacity: mask.keptCount) { places, count in
      mask.forEachSurvivor { place in
        places.initializeElement(at: count, to: Int32(place))
        count += 1
      }
    }
    interleaving = nil
  }

  private init(_ shape: Shape, _ weight: String?, _ interleaving: InterleavedRows) {
    (self.shape, self.weight) = (shape, weight)
    self.interleaving = interleaving
    places = interleaving.places
  }

  /// The survivors of a matrix in the order of `InterleavedRows`.
  package var interleaved: SparsePattern {
    precondition(shape.rank == 2, "only a matrix has rows to interleave")
    return interleaving == nil
      ? SparsePattern(shape, weight, InterleavedRows(rows: shape[0], columns: shape[1], places: places))
      : self
  }

  /// How many survive.
  package var count: Int { places.count }

  /// The survivors of a weight, `[count]`.
  package func gathered(_ weight: Tensor) -> [Float] {
    precondition(weight.shape == shape, "a weight of shape \(weight.shape) has no survivors in \(self)")
    return places.map { weight.scalars[Int($0)] }
  }

  /// The whole weight from its survivors, +0 elsewhere.
  package func scattered(_ values: [Float]) -> Tensor {
    var weight = Tensor(repeating: 0, shape)
    for (place, value) in zip(places, values) { weight.scalars[Int(place)] = value }
    return weight
  }

  /// The survivors' values under another pattern of the weight: those that survive in both go along, the others begin at +0.
  package func carried(_ values: [Float], to new: SparsePattern) -> [Float] {
    precondition(interleaving == nil && new.interleaving == nil && values.count == count)
    var old = 0
    return new.places.map { place in
      while old < places.count, places[old] < place { old += 1 }
      return old < places.count && places[old] == place ? values[old] : 0
    }
  }

  package var description: String { "\(count) of \(shape)" }

  /// By the number alone: patterns of one shape and number are nearly always one pattern.
  package func hash(into hasher: inout Hasher) {
    hasher.combine(shape)
    hasher.combine(count)
  }
}

/// The survivors as one kernel walks over them, row by row.
struct SparseIndex: Sendable {
  let starts: [UInt32]
  let offsets: [UInt32]
  /// Which value is each entry's; `nil` where entries and values have one order.
  let places: [UInt32]?
  /// What the offsets of a convolution point into.
  let reading: ck_reading

  /// Entries of rows in the order of the values, which must ascend by row.
  init(rows: Int, reading: ck_reading = CK_COPIES, entries: some Sequence<(row: Int, offset: Int)>) {
    var starts = [UInt32](repeating: 0, count: rows + 1)
    var offsets: [UInt32] = []
    for entry in entries {
      starts[entry.row + 1] += 1
      offsets.append(UInt32(entry.offset))
    }
    for row in 0..<rows { starts[row + 1] += starts[row] }
    self.starts = starts
    self.offsets = offsets
    self.reading = reading
    places = nil
  }

  /// Entries sorted into rows, in each of them in the order of the values.
  init(rows: Int, reading: ck_reading = CK_COPIES, sorting entries: [(row: Int, offset: Int)]) {
    var starts = [UInt32](repeating: 0, count: rows + 1)
    for entry in entries { starts[entry.row + 1] += 1 }
    for row in 0..<rows { starts[row + 1] += starts[row] }
    var next = starts
    var offsets = [UInt32](repeating: 0, count: entries.count)
    var places = offsets
    for (place, entry) in entries.enumerated() {
      let slot = Int(next[entry.row])
      next[entry.row] += 1
      offsets[slot] = UInt32(entry.offset)
      places[slot] = UInt32(place)
    }
    self.starts = starts
    self.offsets = offsets
    self.reading = reading
    self.places = places
  }

  /// The greatest number of entries in a row.
  var longestRow: Int { zip(starts, starts.dropFirst()).map { Int($1 - $0) }.max() ?? 0 }

  /// Gives `body` the kernels' form.
  @inline(__always) func withPattern(_ body: (UnsafePointer<ck_sparse_pattern>) -> Void) {
    starts.withUnsafeBufferPointer { starts in
      offsets.withUnsafeBufferPointer { offsets in
        func call(_ places: UnsafePointer<UInt32>?) {
          var pattern = ck_sparse_pattern(
            starts: starts.baseAddress, offsets: offsets.baseAddress, places: places, reading: reading)
          body(&pattern)
        }
        if let places { places.withUnsafeBufferPointer { call($0.baseAddress) } } else { call(nil) }
      }
    }
  }
}
