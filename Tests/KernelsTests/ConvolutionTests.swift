import CKernels
import Testing

extension KernelTests {
  @Suite struct ConvolutionTests {
    struct Case: Sendable, CustomTestStringConvertible {
      var name: String
      var batch = 2
      var channels: Int, height: Int, width: Int, outChannels: Int
      var kernel: (Int, Int)
      var stride = (1, 1), pad = (0, 0), groups = 1

      var testDescription: String { name }
      var shape: ck_convolution_shape {
        ck_convolution_shape(
          batch: batch, in_channels: channels, in_height: height, in_width: width, out_channels: outChannels,
          kernel_height: kernel.0, kernel_width: kernel.1, stride_h: stride.0, stride_w: stride.1,
          pad_h: pad.0,
          pad_w: pad.1, groups: groups, out_height: (height + 2 * pad.0 - kernel.0) / stride.0 + 1,
          out_width: (width + 2 * pad.1 - kernel.1) / stride.1 + 1)
      }
      var columns: Int { channels / groups * kernel.0 * kernel.1 }
    }

    static let cases: [Case] = [
      Case(name: "LeNet-5, first", channels: 1, height: 28, width: 28, outChannels: 20, kernel: (5, 5)),
      Case(name: "LeNet-5, second", channels: 6, height: 12, width: 12, outChannels: 13, kernel: (5, 5)),
      Case(
        name: "3×3, width 32", channels: 3, height: 5, width: 32, outChannels: 17, kernel: (3, 3), pad: (1, 1)
      ),
      Case(
        name: "3×3, width 16", channels: 5, height: 6, width: 16, outChannels: 16, kernel: (3, 3), pad: (1, 1)
      ),
      Case(
        name: "3×3, width 8", channels: 4, height: 8, width: 8, outChannels: 12, kernel: (3, 3), pad: (1, 1)),
      Case(
        name: "3×3, stride 2", channels: 3, height: 16, width: 16, outChannels: 8, kernel: (3, 3),
        stride: (2, 2),
        pad: (1, 1)),
      Case(
        name: "1×1, stride 2", channels: 4, height: 9, width: 8, outChannels: 5, kernel: (1, 1),
        stride: (2, 2)),
      Case(
        name: "oblong", batch: 3, channels: 2, height: 11, width: 7, outChannels: 3, kernel: (4, 2),
        stride: (3, 2), pad: (2, 1)),
      Case(
        name: "depthwise", channels: 5, height: 7, width: 19, outChannels: 5, kernel: (3, 3), pad: (1, 1),
        groups: 5),
      Case(
        name: "depthwise, more vectors than a tile", channels: 3, height: 17, width: 35, outChannels: 3,
        kernel: (3, 3), pad: (1, 1), groups: 3),
      Case(
        name: "depthwise, stride 2", batch: 3, channels: 4, height: 15, width: 30, outChannels: 4,
        kernel: (5, 3), stride: (2, 2), pad: (2, 1), groups: 4),
      Case(
        name: "depthwise, rows of a few", channels: 6, height: 5, width: 3, outChannels: 6, kernel: (3, 3),
        stride: (1, 2), pad: (1, 1), groups: 6),
      Case(
        name: "several filters a channel", channels: 3, height: 6, width: 9, outChannels: 6, kernel: (3, 3),
        pad: (1, 1), groups: 3),
      Case(
        name: "1×1", channels: 13, height: 7, width: 7, outChannels: 30, kernel: (1, 1)),
      Case(
        name: "few positions, more than one block deep", channels: 47, height: 7, width: 7, outChannels: 29,
        kernel: (3, 3), stride: (2, 2), pad: (1, 1)),
      Case(
        name: "two groups", channels: 6, height: 6, width: 6, outChannels: 4, kernel: (3, 2), stride: (1, 2),
        pad: (1, 0), groups: 2),
      Case(name: "one position", batch: 5, channels: 7, height: 3, width: 3, outChannels: 9, kernel: (3, 3)),
      Case(
        name: "padding beyond the kernel", channels: 1, height: 3, width: 4, outChannels: 2, kernel: (1, 2),
        pad: (2, 3)),
      Case(
        name: "shorter than the stride", channels: 3, height: 2, width: 1, outChannels: 4, kernel: (2, 1),
        stride: (3, 2), pad: (1, 0)),
      Case(
        name: "deeper than one block", batch: 1, channels: 41, height: 4, width: 5, outChannels: 3,
        kernel: (3, 3),
        pad: (1, 1)),
      Case(
        name: "a source a lane", batch: 3, channels: 19, height: 9, width: 11, outChannels: 5, kernel: (3, 3),
        pad: (1, 1)),
      Case(
        name: "a source a lane, more rows than a tile, stride", channels: 64, height: 18, width: 33,
        outChannels: 21, kernel: (3, 2), stride: (1, 2), pad: (1, 1)),
      Case(
        name: "an image a lane", batch: 35, channels: 11, height: 6, width: 5, outChannels: 14,
        kernel: (5, 5),
        pad: (2, 1)),
      Case(
        name: "an image a lane, stride and groups", batch: 17, channels: 22, height: 7, width: 8,
        outChannels: 26,
        kernel: (5, 5), stride: (2, 3), pad: (1, 3), groups: 2),
    ]

    /// Calls `body` with every product w[o, column] · x[…] · gy[n, o, i, j] of the definition, by index, in ascending
    /// order of (n, o, i, j, c, u, v); `nil` where x is padding.
    static func eachTap(
      _ s: ck_convolution_shape, _ body: (_ w: Int, _ x: Int?, _ gy: Int) -> Void
    ) {
      let channels = s.in_channels / s.groups
      for n in 0..<s.batch {
        for o in 0..<s.out_channels {
          let group = o / (s.out_channels / s.groups)
          for i in 0..<s.out_height {
            for j in 0..<s.out_width {
              for c in 0..<channels {
                for u in 0..<s.kernel_height {
                  for v in 0..<s.kernel_width {
                    let row = i * s.stride_h + u - s.pad_h, column = j * s.stride_w + v - s.pad_w
                    let isInside = (0..<s.in_height).contains(row) && (0..<s.in_width).contains(column)
                    let plane = n * s.in_channels + group * channels + c
                    body(
                      ((o * channels + c) * s.kernel_height + u) * s.kernel_width + v,
                      isInside ? (plane * s.in_height + row) * s.in_width + column : nil,
                      ((n * s.out_channels + o) * s.out_height + i) * s.out_width + j)
                  }
                }
              }
            }
          }
        }
      }
    }

    struct Operands {
      let shape: ck_convolution_shape
      let x: [Float], w: [Float], bias: [Float], gy: [Float]

      init(_ c: Case) {
        let s = c.shape
        shape = s
        x = numbers(s.batch * s.in_channels * s.in_height * s.in_width, seed: 21)
        w = numbers(s.out_channels * c.columns, seed: 22)
        bias = numbers(s.out_channels, seed: 23)
        gy = numbers(s.batch * s.out_channels * s.out_height * s.out_width, seed: 24)
      }

      func forward(_ ranges: [Range<Int>], bias: [Float]?, activation: Int) -> [Float] {
        let y = Floats(unwritten: gy.count), xs = Floats(x), ws = Floats(w), b = bias.map { Floats($0) }
        withUnsafePointer(to: shape) { s in
          let scratch = Floats(unwritten: ck_convolution_forward_scratch(s), offset: 0)
          for range in ranges {
            ck_convolution_forward(
              s, range.lowerBound, range.upperBound, xs.pointer, ws.pointer, b?.pointer, Int32(activation),
              y.pointer,
              scratch.pointer)
          }
          #expect(scratch.isIntact && y.isIntact)
        }
        return y.values
      }

      func normalized(
        _ ranges: [Range<Int>], mean: Floats, scale: Floats, shift: Floats, _ residual: Floats?,
        _ activation: Int
      ) -> [Float] {
        let y = Floats(unwritten: gy.count), xs = Floats(x), ws = Floats(w)
        withUnsafePointer(to: shape) { s in
          let scratch = Floats(unwritten: ck_convolution_forward_scratch(s), offset: 0)
          for range in ranges {
            ck_convolution_normalized(
              s, range.lowerBound, range.upperBound, xs.pointer, ws.pointer, mean.pointer, scale.pointer,
              shift.pointer, residual?.pointer, Int32(activation), y.pointer, scratch.pointer)
          }
          #expect(scratch.isIntact && y.isIntact)
        }
        return y.values
      }

      func inputGradient(_ ranges: [Range<Int>]) -> [Float] {
        let gx = Floats(unwritten: x.count), g = Floats(gy), ws = Floats(w)
        withUnsafePointer(to: shape) { s in
          let scratch = Floats(unwritten: ck_convolution_input_gradient_scratch(s), offset: 0)
          for range in ranges {
            ck_convolution_input_gradient(
              s, range.lowerBound, range.upperBound, g.pointer, ws.pointer, gx.pointer, scratch.pointer)
          }
          #expect(scratch.isIntact && gx.isIntact)
        }
        return gx.values
      }

      func filterGradient(_ ranges: [(Range<Int>, Range<Int>)]) -> [Float] {
        let gw = Floats(unwritten: w.count), g = Floats(gy), xs = Floats(x)
        withUnsafePointer(to: shape) { s in
          let scratch = Floats(unwritten: ck_convolution_filter_gradient_scratch(s), offset: 0)
          for (rows, columns) in ranges {
            ck_convolution_filter_gradient(
              s, rows.lowerBound, rows.upperBound, columns.lowerBound, columns.upperBound, xs.pointer,
              g.pointer,
              gw.pointer, scratch.pointer)
          }
          #expect(scratch.isIntact && gw.isIntact)
        }
        return gw.values
      }
    }

    @Test(arguments: cases) func forwardIsOneChainInOrder(c: Case) {
      let operands = Operands(c), s = operands.shape
      var sums = [Float](repeating: 0, count: operands.gy.count)
      Self.eachTap(s) { w, x, y in
        sums[y] = sums[y].addingProduct(operands.w[w], x.map { operands.x[$0] } ?? 0)
      }
      let plane = s.out_height * s.out_width
      let biased = sums.enumerated().map { relu($1 + operands.bias[$0 / plane % s.out_channels]) }
      underEveryVariant { variant in
        let whole = [0..<s.batch], parts = [0..<1, 1..<s.batch]
        #expect(bits(operands.forward(whole, bias: nil, activation: CK_IDENTITY)) == bits(sums), "\(variant)")
        let found = operands.forward(parts, bias: operands.bias, activation: CK_RELU)
        #expect(bits(found) == bits(biased), "\(variant)")
      }
    }

    /// A normalisation behind the sums has the bits of one by itself.
    @Test(arguments: cases + WinogradTests.cases) func normalizedIsTheSequence(c: Case) {
      let operands = Operands(c), s = operands.shape, channels = s.out_channels
      let gamma = numbers(channels, seed: 25), mean = numbers(channels, seed: 26)
      let variance = numbers(channels, seed: 27).map { $0 * $0 + 0.01 }
      underEveryVariant { variant in
        let sums = operands.forward([0..<s.batch], bias: nil, activation: CK_IDENTITY)
        let normalized = Floats(unwritten: sums.count), scale = Floats(unwritten: channels)
        let operand = (Floats(gamma), Floats(operands.bias), Floats(mean), Floats(variance))
        ck_batch_norm_inference(
          s.batch, channels, s.out_height * s.out_width, 0, channels, 1e-5, Floats(sums).pointer,
          operand.0.pointer, operand.1.pointer, operand.2.pointer, operand.3.pointer, normalized.pointer)
        ck_batch_norm_scale(channels, 1e-5, operand.0.pointer, operand.3.pointer, scale.pointer)
        let rectifiers: [(Int, (Float) -> Float)] = [
          (CK_IDENTITY, { $0 }), (CK_RELU, { relu($0) }), (CK_RELU6, { $0 >= 6 ? 6 : relu($0) }),
        ]
        let sum = zip(normalized.values, operands.gy).map(+)
        for (activation, rectifier) in rectifiers {
          func found(residual: Floats?) -> [Float] {
            operands.normalized(
              [0..<1, 1..<s.batch], mean: operand.2, scale: scale, shift: operand.1, residual, activation)
          }
          #expect(
            bits(found(residual: nil)) == bits(normalized.values.map(rectifier)), "\(variant), \(activation)")
          #expect(
            bits(found(residual: Floats(operands.gy))) == bits(sum.map(rectifier)),
            "\(variant), \(activation)")
        }
        #expect(scale.isIntact)
      }
    }

    @Test(arguments: cases) func inputGradientIsOneChainInOrder(c: Case) {
      let operands = Operands(c), s = operands.shape
      // (n, o, i, j, c, u, v) visits one input in ascending (o, i, j), that is descending (u, v): order by (o, u, v).
      var terms = [[(Int, Int)]](repeating: [], count: operands.x.count)
      Self.eachTap(s) { w, x, y in if let x { terms[x].append((w, y)) } }
      let expected = terms.map { terms in
        terms.sorted { $0.0 < $1.0 }.reduce(Float(0)) {
          $0.addingProduct(operands.w[$1.0], operands.gy[$1.1])
        }
      }
      underEveryVariant { variant in
        #expect(bits(operands.inputGradient([0..<s.batch])) == bits(expected), "\(variant)")
        #expect(bits(operands.inputGradient([0..<1, 1..<s.batch])) == bits(expected), "\(variant)")
      }
    }

    @Test(arguments: cases) func filterGradientIsOneChainInOrder(c: Case) {
      let operands = Operands(c), s = operands.shape
      var sums = [Float](repeating: 0, count: operands.w.count)
      Self.eachTap(s) { w, x, y in
        sums[w] = sums[w].addingProduct(operands.gy[y], x.map { operands.x[$0] } ?? 0)
      }
      operands.expectFilterGradient(sums)
    }

    @Test(arguments: cases + WinogradTests.cases) func agreesWithDoublePrecision(c: Case) {
      let operands = Operands(c), s = operands.shape
      var y = [Double](repeating: 0, count: operands.gy.count),
        gx = [Double](repeating: 0, count: operands.x.count)
      var gw = [Double](repeating: 0, count: operands.w.count)
      Self.eachTap(s) { w, x, at in
        guard let x else { return }
        y[at] += Double(operands.w[w]) * Double(operands.x[x])
        gx[x] += Double(operands.w[w]) * Double(operands.gy[at])
        gw[w] += Double(operands.x[x]) * Double(operands.gy[at])
      }
      let images = [0..<s.batch]
      #expect(distance(operands.forward(images, bias: nil, activation: CK_IDENTITY), y) < 5e-5)
      #expect(distance(operands.inputGradient(images), gx) < 5e-5)
      #expect(distance(operands.filterGradient([(0..<s.out_channels, 0..<c.columns)]), gw) < 5e-5)
    }

    /// By chains and by Winograd, of whose tiles only the first sees the element.
    @Test(arguments: [cases[4], WinogradTests.cases[0]]) func carriesNaN(c: Case) {
      var operands = Operands(c)
      operands.poison()
      let s = operands.shape
      underEveryVariant { variant in
        let y = operands.forward([0..<s.batch], bias: operands.bias, activation: CK_RELU)
        // Element (0, 0) of the first image is seen by the 2 × 2 outputs at that corner of every channel.
        let plane = s.out_height * s.out_width, seen = [0, 1, s.out_width, s.out_width + 1]
        for (index, value) in y.enumerated() {
          #expect(
            value.isNaN == (index < s.out_channels * plane && seen.contains(index % plane)), "\(variant)")
        }
      }
    }
  }
}

extension KernelTests.ConvolutionTests.Operands {
  /// Whether the filter gradient has these bits under every variant, computed whole and in quarters.
  func expectFilterGradient(_ expected: [Float]) {
    let (outputs, columns) = (shape.out_channels, w.count / shape.out_channels)
    let (row, column) = (outputs / 2, columns / 2)
    underEveryVariant { variant in
      #expect(bits(filterGradient([(0..<outputs, 0..<columns)])) == bits(expected), "\(variant)")
      let quarters = [
        (0..<row, 0..<column), (row..<outputs, 0..<column), (0..<row, column..<columns),
        (row..<outputs, column..<columns),
      ]
      #expect(bits(filterGradient(quarters)) == bits(expected), "\(variant)")
    }
  }

  /// Makes an element of x a NaN.
  mutating func poison(at place: Int = 0) {
    var x = x
    x[place] = .nan
    self = Self(shape: shape, x: x, w: w, bias: bias, gy: gy)
  }

  private init(shape: ck_convolution_shape, x: [Float], w: [Float], bias: [Float], gy: [Float]) {
    (self.shape, self.x, self.w, self.bias, self.gy) = (shape, x, w, bias, gy)
  }
}
