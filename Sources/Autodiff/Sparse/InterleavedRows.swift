import CKernels

/// The survivors of a matrix in the order in which one example at a time is multiplied (`ck_interleaved_rows`). Sixteen rows go side
/// by side, step by step. A step takes at most one survivor of each row, and all of them stand in a window of `CK_WINDOW` columns.
struct InterleavedRows: Hashable, Sendable {
  /// Where the survivors stand in the row-major matrix, in this order.
  private(set) var places: [Int32] = []
  private var steps: [UInt32] = [0]
  private var values: [UInt32] = [0]
  private var begins: [UInt32] = []
  private var rows: [UInt16] = []
  private var columns: [UInt8] = []

  /// The survivors of a matrix `[rows, columns]`, whose places ascend.
  init(rows: Int, columns: Int, places: [Int32]) {
    let index = SparseIndex(
      rows: rows, entries: places.lazy.map { (Int($0) / columns, Int($0) % columns) })
    for run in stride(from: 0, to: rows, by: 16) {
      addRun(index, run..<min(run + 16, rows), columns)
      steps.append(UInt32(begins.count))
      values.append(UInt32(self.places.count))
    }
  }

  /// Every step begins at the first column that is left, so that no row waits for long.
  private mutating func addRun(_ index: SparseIndex, _ run: Range<Int>, _ columns: Int) {
    var next = run.map { Int(index.starts[$0]) }
    let ends = run.map { Int(index.starts[$0 + 1]) }
    let window = Int(CK_WINDOW)
    while true {
      var first = Int.max
      for row in next.indices where next[row] < ends[row] {
        first = min(first, Int(index.offsets[next[row]]))
      }
      if first == .max { return }
      let begin = max(0, min(first, columns - window))
      let step = self.columns.count
      self.columns.append(contentsOf: repeatElement(0, count: 16))
      var taken: UInt16 = 0
      for row in next.indices where next[row] < ends[row] {
        let column = Int(index.offsets[next[row]])
        guard column < begin + window else { continue }
        taken |= 1 << row
        self.columns[step + row] = UInt8(column - begin)
        places.append(Int32((run.lowerBound + row) * columns + column))
        next[row] += 1
      }
      begins.append(UInt32(begin))
      rows.append(taken)
    }
  }

  /// Gives `body` the kernel's form.
  @inline(__always) func withRows(_ body: (UnsafePointer<ck_interleaved_rows>) -> Void) {
    steps.withUnsafeBufferPointer { steps in
      values.withUnsafeBufferPointer { values in
        begins.withUnsafeBufferPointer { begins in
          rows.withUnsafeBufferPointer { rows in
            columns.withUnsafeBufferPointer { columns in
              var interleaved = ck_interleaved_rows(
                steps: steps.baseAddress, values: values.baseAddress, begins: begins.baseAddress,
                rows: rows.baseAddress, columns: columns.baseAddress)
              body(&interleaved)
            }
          }
        }
      }
    }
  }
}
