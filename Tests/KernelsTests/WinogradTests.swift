import CKernels
import Testing

extension KernelTests {
  /// The convolutions that go by F(2 × 2, 3 × 3), against the contract's formulas in plain loops.
  @Suite struct WinogradTests {
    static let cases = [
      convolution("planes of 8", batch: 3, from: (18, 8, 8), to: 17, pad: (1, 1)),
      convolution("rows of 16 tiles", batch: 1, from: (16, 7, 32), to: 33, pad: (1, 1)),
      convolution("rows of a quad and a half", batch: 2, from: (21, 8, 13), to: 16, pad: (2, 1)),
      convolution("odd, no padding down", batch: 2, from: (16, 9, 7), to: 19, pad: (0, 2)),
      convolution("more tiles than are held", batch: 3, from: (16, 19, 17), to: 16, pad: (0, 0)),
    ]

    private static func convolution(
      _ name: String, batch: Int, from: (channels: Int, height: Int, width: Int), to channels: Int,
      pad: (Int, Int)
    ) -> ConvolutionTests.Case {
      ConvolutionTests.Case(
        name: name, batch: batch, channels: from.channels, height: from.height, width: from.width,
        outChannels: channels, kernel: (3, 3), pad: pad)
    }

    typealias Matrix = [[Float]]

    /// A transform along the rows of a tile, then along its columns.
    private static func transformed(_ tile: Matrix, _ transform: ([Float]) -> [Float]) -> Matrix {
      let across = tile.map(transform)
      let down = across[0].indices.map { column in transform(across.map { $0[column] }) }
      return down[0].indices.map { row in down.map { $0[row] } }
    }

    private static func data(_ d: [Float]) -> [Float] {
      [d[0] - d[2], d[1] + d[2], d[2] - d[1], d[1] - d[3]]
    }
    private static func filter(_ g: [Float]) -> [Float] {
      [g[0], 0.5 * ((g[0] + g[2]) + g[1]), 0.5 * ((g[0] + g[2]) - g[1]), g[2]]
    }
    private static func result(_ m: [Float]) -> [Float] { [(m[0] + m[1]) + m[2], (m[1] - m[2]) - m[3]] }
    private static func gradient(_ g: [Float]) -> [Float] { [g[0], g[0] + g[1], g[0] - g[1], -g[1]] }
    private static func filterGradient(_ u: [Float]) -> [Float] {
      [u[0] + 0.5 * (u[1] + u[2]), 0.5 * (u[1] - u[2]), 0.5 * (u[1] + u[2]) + u[3]]
    }

    /// Sums of elementwise products, one chain an element.
    private static func add(_ a: Matrix, _ b: Matrix, to sums: inout Matrix) {
      for i in 0..<4 { for j in 0..<4 { sums[i][j] = sums[i][j].addingProduct(a[i][j], b[i][j]) } }
    }

    /// Planes `[batch, channels, height, width]` with zeros around them.
    struct Planes {
      let scalars: [Float], channels: Int, height: Int, width: Int

      /// The `size` × `size` elements from (row, column) on.
      func tile(_ n: Int, _ c: Int, _ row: Int, _ column: Int, _ size: Int) -> Matrix {
        (row..<row + size).map { i in
          (column..<column + size).map { j in
            guard (0..<height).contains(i), (0..<width).contains(j) else { return 0 }
            return scalars[((n * channels + c) * height + i) * width + j]
          }
        }
      }
    }

    /// The convolution of x with filters `[out][in]`, planes of `height` × `width`.
    private static func convolved(
      _ x: Planes, batch: Int, _ filters: [[Matrix]], pad: (Int, Int), height: Int, width: Int
    ) -> [Float] {
      let spectra = filters.map { $0.map { transformed($0, filter) } }
      var y = [Float](repeating: .nan, count: batch * filters.count * height * width)
      for n in 0..<batch {
        for i in stride(from: 0, to: height, by: 2) {
          for j in stride(from: 0, to: width, by: 2) {
            let tiles = (0..<x.channels).map { transformed(x.tile(n, $0, i - pad.0, j - pad.1, 4), data) }
            for (o, spectrum) in spectra.enumerated() {
              var sums = Matrix(repeating: [0, 0, 0, 0], count: 4)
              for (u, v) in zip(spectrum, tiles) { add(u, v, to: &sums) }
              let results = transformed(sums, result)
              for a in 0..<min(2, height - i) {
                for b in 0..<min(2, width - j) {
                  y[((n * filters.count + o) * height + i + a) * width + j + b] = results[a][b]
                }
              }
            }
          }
        }
      }
      return y
    }

    private static func taps(_ w: [Float], _ filter: Int) -> Matrix {
      (0..<3).map { u in (0..<3).map { w[filter * 9 + u * 3 + $0] } }
    }

    private static func planes(_ scalars: [Float], _ channels: Int, _ height: Int, _ width: Int) -> Planes {
      Planes(scalars: scalars, channels: channels, height: height, width: width)
    }

    @Test func theRuleIsOfTheShape() {
      func goes(_ change: (inout ck_convolution_shape) -> Void) -> Bool {
        var shape = Self.cases[0].shape
        change(&shape)
        return withUnsafePointer(to: shape) { ck_convolution_by_winograd($0) != 0 }
      }
      #expect(goes { _ in })
      #expect(goes { $0.batch = 1 })
      #expect(!goes { $0.in_channels = 15 })
      #expect(!goes { $0.out_channels = 15 })
      #expect(!goes { $0.stride_h = 2 })
      #expect(!goes { $0.kernel_width = 5 })
      #expect(!goes { $0.pad_w = 3 })
      #expect(!goes { $0.out_height = 6 })
      #expect(!goes { $0.groups = 2 })
      #expect(
        !ConvolutionTests.cases.contains {
          withUnsafePointer(to: $0.shape) { ck_convolution_by_winograd($0) != 0 }
        })
    }

    @Test(arguments: cases) func forwardFollowsTheFormulas(c: ConvolutionTests.Case) {
      let operands = ConvolutionTests.Operands(c), s = operands.shape
      let filters = (0..<s.out_channels).map { o in
        (0..<s.in_channels).map { Self.taps(operands.w, o * s.in_channels + $0) }
      }
      let sums = Self.convolved(
        Self.planes(operands.x, s.in_channels, s.in_height, s.in_width), batch: s.batch, filters, pad: c.pad,
        height: s.out_height, width: s.out_width)
      let plane = s.out_height * s.out_width
      let biased = sums.enumerated().map { relu($1 + operands.bias[$0 / plane % s.out_channels]) }
      underEveryVariant { variant in
        #expect(
          bits(operands.forward([0..<s.batch], bias: nil, activation: CK_IDENTITY)) == bits(sums),
          "\(variant)")
        let parts = operands.forward([0..<1, 1..<s.batch], bias: operands.bias, activation: CK_RELU)
        #expect(bits(parts) == bits(biased), "\(variant)")
      }
    }

    @Test(arguments: cases) func inputGradientIsTheConvolutionTurnedAround(c: ConvolutionTests.Case) {
      let operands = ConvolutionTests.Operands(c), s = operands.shape
      let filters = (0..<s.in_channels).map { i in
        (0..<s.out_channels).map { o in
          Matrix(Self.taps(operands.w, o * s.in_channels + i).map { $0.reversed() }.reversed())
        }
      }
      let expected = Self.convolved(
        Self.planes(operands.gy, s.out_channels, s.out_height, s.out_width), batch: s.batch, filters,
        pad: (2 - c.pad.0, 2 - c.pad.1), height: s.in_height, width: s.in_width)
      underEveryVariant { variant in
        #expect(bits(operands.inputGradient([0..<s.batch])) == bits(expected), "\(variant)")
        #expect(bits(operands.inputGradient([0..<1, 1..<s.batch])) == bits(expected), "\(variant)")
      }
    }

    @Test(arguments: cases) func filterGradientIsTheAdjoint(c: ConvolutionTests.Case) {
      let operands = ConvolutionTests.Operands(c), s = operands.shape
      let x = Self.planes(operands.x, s.in_channels, s.in_height, s.in_width)
      let gy = Self.planes(operands.gy, s.out_channels, s.out_height, s.out_width)
      let none = Matrix(repeating: [0, 0, 0, 0], count: 4)
      var sums = [Matrix](repeating: none, count: s.out_channels * s.in_channels)
      for n in 0..<s.batch {
        for i in stride(from: 0, to: s.out_height, by: 2) {
          for j in stride(from: 0, to: s.out_width, by: 2) {
            let tiles = (0..<s.in_channels).map {
              Self.transformed(x.tile(n, $0, i - c.pad.0, j - c.pad.1, 4), Self.data)
            }
            for o in 0..<s.out_channels {
              let tile = Self.transformed(gy.tile(n, o, i, j, 2), Self.gradient)
              for (c, v) in tiles.enumerated() { Self.add(tile, v, to: &sums[o * s.in_channels + c]) }
            }
          }
        }
      }
      let expected = sums.flatMap { Self.transformed($0, Self.filterGradient).flatMap { $0 } }
      operands.expectFilterGradient(expected)
    }

    /// An output whose filters are pruned away is exactly 0, and no other is.
    @Test func filtersOfZerosAreExact() {
      let whole = ConvolutionTests.Operands(Self.cases[0]), s = whole.shape
      let operands = ConvolutionTests.Operands(
        whole, w: whole.w.enumerated().map { $0 / (9 * s.in_channels) == 2 ? 0 : $1 })
      let y = operands.forward([0..<s.batch], bias: nil, activation: CK_IDENTITY)
      let plane = s.out_height * s.out_width
      for (place, value) in y.enumerated() { #expect((value == 0) == (place / plane % s.out_channels == 2)) }
    }

    /// The last column of an unpadded plane of even width meets the last tap of a row alone, also where rows of tiles are
    /// rounded up.
    @Test func aNaNReachesTheTapsThatMeetIt() {
      for width in [10, 12, 14, 16] {
        var operands = ConvolutionTests.Operands(
          Self.convolution("", batch: 2, from: (16, 9, width), to: 16, pad: (0, 0)))
        operands.poison(at: width - 1)
        let s = operands.shape
        underEveryVariant { variant in
          let gw = operands.filterGradient([(0..<s.out_channels, 0..<9 * s.in_channels)])
          for (index, value) in gw.enumerated() {
            #expect(value.isNaN == (index % (9 * s.in_channels) == 2), "\(variant), width \(width), \(index)")
          }
        }
      }
    }
  }
}
