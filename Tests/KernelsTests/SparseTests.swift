import CKernels
import Testing

extension KernelTests {
  @Suite struct SparseTests {
    /// A matrix `[rows, columns]` with one survivor in `every`, its pattern by row and by column, planes `width` apart.
    struct Matrix {
      let rows: Int, columns: Int
      let values: [Float]
      let places: [Int]
      let byRow: Pattern, byColumn: Pattern

      init(rows: Int, columns: Int, every: Int, width: Int) {
        (self.rows, self.columns) = (rows, columns)
        // Row 1 has no survivor at all.
        places = (0..<rows * columns).filter { ($0 * 7 + $0 / columns) % every == 0 && $0 / columns != 1 }
        values = numbers(places.count, seed: 31)
        let columns = columns
        byRow = Pattern(
          rows: rows, places.enumerated().map { ($1 / columns, $1 % columns * width, $0) }, named: false)
        byColumn = Pattern(
          rows: columns, places.enumerated().map { ($1 % columns, $1 / columns * width, $0) }, named: true)
      }
    }

    /// A pattern and the memory it points to.
    final class Pattern {
      let starts: [UInt32], offsets: [UInt32], places: [UInt32]
      let named: Bool
      let reading: ck_reading

      init(
        rows: Int, _ entries: [(row: Int, offset: Int, place: Int)], named: Bool,
        reading: ck_reading = CK_COPIES
      ) {
        let byRow = (0..<rows).map { row in entries.filter { $0.row == row } }
        starts = byRow.reduce(into: [0]) { $0.append($0[$0.count - 1] + UInt32($1.count)) }
        offsets = byRow.joined().map { UInt32($0.offset) }
        places = byRow.joined().map { UInt32($0.place) }
        self.named = named
        self.reading = reading
      }

      var longestRow: Int { zip(starts, starts.dropFirst()).map { Int($1 - $0) }.max() ?? 0 }

      func use(_ body: (UnsafePointer<ck_sparse_pattern>) -> Void) {
        starts.withUnsafeBufferPointer { starts in
          offsets.withUnsafeBufferPointer { offsets in
            places.withUnsafeBufferPointer { places in
              var pattern = ck_sparse_pattern(
                starts: starts.baseAddress, offsets: offsets.baseAddress,
                places: named ? places.baseAddress : nil, reading: reading)
              body(&pattern)
            }
          }
        }
      }
    }

    /// The sums of 16 lanes as the contract adds them.
    static func fold(_ lanes: [Float]) -> Float {
      var t = lanes
      for half in [8, 4, 2, 1] { t = (0..<half).map { t[$0] + t[$0 + half] } }
      return t[0]
    }

    static let lengths = [1, 16, 32, 48, 64, 112, 240]
    /// Few columns, so many that rows are taken in two runs and columns in several parts, and so many with few survivors that
    /// parts are as large as the second-level cache.
    static let extents = [(11, 37, 3), (70, 200, 3), (5, 2300, 97)]

    @Test(arguments: lengths, extents)
    func productsAreTheChainsOfTheSurvivors(length: Int, _ extents: (Int, Int, Int)) {
      let m = Matrix(rows: extents.0, columns: extents.1, every: extents.2, width: length)
      let x = numbers(m.columns * length, seed: 1), bias = numbers(m.rows, seed: 2)
      var sums = [Float](repeating: 0, count: m.rows * length)
      for (value, place) in zip(m.values, m.places) {
        for p in 0..<length {
          let at = place / m.columns * length + p
          sums[at] = sums[at].addingProduct(value, x[place % m.columns * length + p])
        }
      }
      let rectified = sums.enumerated().map { relu($1 + bias[$0 / length]) }
      let (xs, values, biases) = (Floats(x), Floats(m.values), Floats(bias))
      underEveryVariant { variant in
        for (expected, bias, activation) in [
          (sums, nil, CK_IDENTITY), (rectified, UnsafePointer(biases.pointer), CK_RELU),
        ] {
          let y = Floats(unwritten: sums.count)
          for rows in [0..<4, 4..<m.rows] {
            m.byRow.use {
              ck_sparse_product(
                $0, rows.lowerBound, rows.upperBound, values.pointer, length, xs.pointer, bias,
                Int32(activation), y.pointer, length)
            }
          }
          #expect(bits(y.values) == bits(expected), "\(variant)")
          #expect(y.isIntact)
        }
      }
    }

    /// The entries of a pattern by row in windows that follow each other, survivor by survivor of each row; the last ends with
    /// the columns.
    struct Windows {
      var steps: [UInt32] = [0], values: [UInt32] = [0], begins: [UInt32] = []
      var rows: [UInt16] = []
      var columns: [UInt8] = []
      /// Of each value: its place in the pattern.
      var order: [Int] = []

      init(_ pattern: Pattern, rows count: Int, columns width: Int) {
        for run in stride(from: 0, to: count, by: 16) {
          var next = (run..<min(run + 16, count)).map { Int(pattern.starts[$0]) }
          for begin in stride(from: 0, to: width, by: 32).map({ max(0, min($0, width - 32)) }) {
            func waits(_ row: Int) -> Bool {
              next[row] < Int(pattern.starts[run + row + 1]) && Int(pattern.offsets[next[row]]) < begin + 32
            }
            while next.indices.contains(where: waits) {
              begins.append(UInt32(begin))
              rows.append(next.indices.filter(waits).reduce(0) { $0 | 1 << $1 })
              columns += (0..<16).map { row in
                row < next.count && waits(row) ? UInt8(Int(pattern.offsets[next[row]]) - begin) : 31
              }
              for row in next.indices where waits(row) {
                order.append(next[row])
                next[row] += 1
              }
            }
          }
          steps.append(UInt32(begins.count))
          values.append(UInt32(order.count))
        }
      }

      func use(_ body: (UnsafePointer<ck_interleaved_rows>) -> Void) {
        var windows = ck_interleaved_rows()
        steps.withUnsafeBufferPointer { steps in
          values.withUnsafeBufferPointer { values in
            begins.withUnsafeBufferPointer { begins in
              rows.withUnsafeBufferPointer { rows in
                columns.withUnsafeBufferPointer { columns in
                  (windows.steps, windows.values) = (steps.baseAddress, values.baseAddress)
                  (windows.begins, windows.rows) = (begins.baseAddress, rows.baseAddress)
                  windows.columns = columns.baseAddress
                  body(&windows)
                }
              }
            }
          }
        }
      }
    }

    /// Fewer columns than a window and as many, rows that end within a run, rows without survivors, infinities beside survivors.
    @Test(arguments: [
      (11, 7, 3), (16, 32, 2), (37, 33, 5), (70, 200, 3), (19, 2300, 97), (1, 40, 1), (4, 9, 1000),
    ])
    func oneExampleByWindows(_ extents: (Int, Int, Int)) {
      let m = Matrix(rows: extents.0, columns: extents.1, every: extents.2, width: 1)
      let windows = Windows(m.byRow, rows: m.rows, columns: m.columns)
      var x = numbers(m.columns, seed: 1)
      for column in x.indices where !m.places.contains(where: { $0 % m.columns == column }) {
        x[column] = .infinity
      }
      let bias = numbers(m.rows, seed: 2)
      var sums = [Float](repeating: 0, count: m.rows)
      for (value, place) in zip(m.values, m.places) {
        sums[place / m.columns] = sums[place / m.columns].addingProduct(value, x[place % m.columns])
      }
      let named = Pattern(
        rows: m.rows,
        windows.order.enumerated().sorted { $0.element < $1.element }.map { value, entry in
          (m.places[entry] / m.columns, m.places[entry] % m.columns, value)
        }, named: true)
      let rectified = zip(sums, bias).map { relu($0 + $1) }
      let (xs, values, biases) = (Floats(x), Floats(windows.order.map { m.values[$0] }), Floats(bias))
      underEveryVariant { variant in
        for (expected, bias, activation) in [
          (sums, nil, CK_IDENTITY), (rectified, UnsafePointer(biases.pointer), CK_RELU),
        ] {
          let y = Floats(unwritten: m.rows)
          for rows in [0..<min(16, m.rows), 16..<max(16, m.rows)] where !rows.isEmpty {
            named.use { pattern in
              windows.use {
                ck_sparse_single(
                  pattern, $0, rows.lowerBound, rows.upperBound, values.pointer, xs.pointer, m.columns, bias,
                  Int32(activation), y.pointer)
              }
            }
          }
          #expect(bits(y.values) == bits(expected), "\(variant)")
          #expect(y.isIntact)
        }
      }
    }

    @Test(arguments: lengths, extents)
    func theTransposedViewReadsTheSameValues(length: Int, _ extents: (Int, Int, Int)) {
      let m = Matrix(rows: extents.0, columns: extents.1, every: extents.2, width: length)
      let g = numbers(m.rows * length, seed: 3)
      var sums = [Float](repeating: 0, count: m.columns * length)
      for (value, place) in zip(m.values, m.places) {
        for p in 0..<length {
          let at = place % m.columns * length + p
          sums[at] = sums[at].addingProduct(value, g[place / m.columns * length + p])
        }
      }
      let (gs, values) = (Floats(g), Floats(m.values))
      underEveryVariant { variant in
        let y = Floats(unwritten: sums.count)
        m.byColumn.use {
          ck_sparse_product(
            $0, 0, m.columns, values.pointer, length, gs.pointer, nil, Int32(CK_IDENTITY), y.pointer, length)
        }
        #expect(bits(y.values) == bits(sums), "\(variant)")
      }
    }

    /// One panel, whose entries go sixteen at a time, and several, two at a time and alone; lines of one tile and of two.
    @Test(arguments: [(1, 64), (1, 240), (3, 1), (5, 48), (2, 144), (71, 64)], [46, 400])
    func samplesGoBySixteenLanes(_ size: (Int, Int), columns: Int) {
      let (images, length) = size
      let m = Matrix(rows: 11, columns: columns, every: 3, width: length)
      let x = numbers(images * m.columns * length, seed: 4), g = numbers(images * m.rows * length, seed: 5)
      let expected = m.places.map { place in
        var lanes = [Float](repeating: 0, count: 16)
        for n in 0..<images {
          for p in 0..<length {
            lanes[p % 16] = lanes[p % 16].addingProduct(
              g[(n * m.rows + place / m.columns) * length + p],
              x[(n * m.columns + place % m.columns) * length + p])
          }
        }
        return Self.fold(lanes)
      }
      let (xs, gs) = (Floats(x), Floats(g))
      underEveryVariant { variant in
        let gw = Floats(unwritten: expected.count)
        let scratch = Floats(unwritten: ck_sparse_sample_scratch(m.byRow.longestRow), offset: 0)
        for rows in [0..<7, 7..<m.rows] {
          m.byRow.use {
            ck_sparse_sample(
              $0, rows.lowerBound, rows.upperBound, images, length, xs.pointer, m.columns * length,
              gs.pointer, m.rows * length, length, gw.pointer, scratch.pointer)
          }
        }
        #expect(bits(gw.values) == bits(expected), "\(variant)")
        #expect(gw.isIntact && scratch.isIntact)
      }
    }
  }
}
