import CKernels
import Testing

extension KernelTests {
  @Suite struct SparseConvolutionTests {
    /// A convolution's operands with two thirds of the filters 0, and the patterns of the rest: of the layouts, that of `few` survivors
    /// or that of many.
    struct Pruned {
      let dense: ConvolutionTests.Operands
      let places: [Int]
      let values: [Float]
      let forward: SparseTests.Pattern, backward: SparseTests.Pattern

      init(_ c: ConvolutionTests.Case, few: Bool = false, copies: Bool = false) {
        let whole = ConvolutionTests.Operands(c)
        let s = whole.shape
        let places = whole.w.indices.filter { $0 % 3 == 1 }
        dense = ConvolutionTests.Operands(whole, w: whole.w.enumerated().map { $0 % 3 == 1 ? $1 : 0 })
        self.places = places
        values = places.map { whole.w[$0] }
        let (kh, kw, channels) = (s.kernel_height, s.kernel_width, s.in_channels / s.groups)
        var (rows, columns) = ([(Int, Int, Int)](), [(Int, Int, Int)]())
        let readings = withUnsafePointer(to: s) { pointer in
          let survivors = few ? 0 : Int.max
          let readings =
            copies
            ? (CK_COPIES, CK_COPIES)
            : (ck_sparse_reading(pointer, survivors), ck_sparse_gradient_reading(pointer, survivors))
          for (index, place) in places.enumerated() {
            let (o, u, v) = (place / (channels * kh * kw), place / kw % kh, place % kw)
            let c = o / (s.out_channels / s.groups) * channels + place / (kh * kw) % channels
            rows.append((o, ck_sparse_tap(pointer, readings.0, c, u, v), index))
            for a in 0..<s.stride_h where (a + s.pad_h - u) % s.stride_h == 0 {
              for b in 0..<s.stride_w where (b + s.pad_w - v) % s.stride_w == 0 {
                let row = (c * s.stride_h + a) * s.stride_w + b
                columns.append((row, ck_sparse_gradient_tap(pointer, readings.1, row, o, u, v), index))
              }
            }
          }
          return readings
        }
        forward = SparseTests.Pattern(rows: s.out_channels, rows, named: false, reading: readings.0)
        backward = SparseTests.Pattern(
          rows: s.in_channels * s.stride_h * s.stride_w, columns, named: true, reading: readings.1)
      }

      func scratch(_ pattern: SparseTests.Pattern) -> Floats {
        withUnsafePointer(to: dense.shape) {
          Floats(unwritten: ck_sparse_convolution_scratch($0, pattern.longestRow), offset: 0)
        }
      }
    }

    /// Several strips and parts of the channels, rows in two runs; two tiles a line; the same by strides, where the last
    /// strip hangs over.
    static let strips = [
      ConvolutionTests.Case(
        name: "strips and parts", channels: 24, height: 13, width: 32, outChannels: 70, kernel: (3, 5),
        pad: (1, 2)),
      ConvolutionTests.Case(
        name: "strips of whole vectors", channels: 9, height: 13, width: 32, outChannels: 7, kernel: (3, 3),
        pad: (1, 1)),
      ConvolutionTests.Case(
        name: "lines of three vectors", channels: 2, height: 5, width: 48, outChannels: 3, kernel: (2, 3),
        pad: (1, 1)),
      ConvolutionTests.Case(
        name: "many zeros around", batch: 1, channels: 2, height: 16, width: 64, outChannels: 3,
        kernel: (5, 5)),
      ConvolutionTests.Case(
        name: "wide lines of zeros", batch: 1, channels: 2, height: 5, width: 256, outChannels: 2,
        kernel: (3, 3),
        pad: (1, 1)),
      ConvolutionTests.Case(
        name: "no lines but padding", channels: 2, height: 0, width: 4, outChannels: 3, kernel: (2, 2),
        pad: (1, 1)),
      ConvolutionTests.Case(
        name: "long lines", channels: 2, height: 4, width: 160, outChannels: 3, kernel: (2, 3), pad: (1, 1)),
      ConvolutionTests.Case(
        name: "strips by strides", batch: 3, channels: 20, height: 37, width: 35, outChannels: 9,
        kernel: (3, 3),
        stride: (2, 2), pad: (1, 1)),
      ConvolutionTests.Case(
        name: "strips, odd lines", channels: 3, height: 40, width: 45, outChannels: 5, kernel: (4, 5),
        stride: (1, 3),
        pad: (3, 2)),
    ]

    /// Frames of both widths, with more channels than go at a time; images side by side, of all widths, with strips, with more rows than
    /// go at a time, and with too few images at the end.
    static let layouts = [
      ConvolutionTests.Case(
        name: "frames of two vectors", channels: 60, height: 8, width: 32, outChannels: 5, kernel: (3, 3),
        pad: (1, 1)),
      ConvolutionTests.Case(
        name: "frames of a vector", batch: 3, channels: 3, height: 16, width: 16, outChannels: 260,
        kernel: (5, 3), pad: (2, 1)),
      ConvolutionTests.Case(
        name: "two side by side", batch: 4, channels: 29, height: 18, width: 8, outChannels: 3,
        kernel: (3, 3), pad: (1, 1)),
      ConvolutionTests.Case(
        name: "four side by side", batch: 6, channels: 2, height: 4, width: 4, outChannels: 260,
        kernel: (3, 3), pad: (1, 1)),
      ConvolutionTests.Case(
        name: "eight side by side", batch: 8, channels: 5, height: 2, width: 2, outChannels: 6,
        kernel: (3, 3), pad: (1, 1)),
      ConvolutionTests.Case(
        name: "sixteen side by side", batch: 18, channels: 4, height: 1, width: 1, outChannels: 7,
        kernel: (3, 3), pad: (1, 1)),
      ConvolutionTests.Case(
        name: "too few to lie side by side", batch: 3, channels: 4, height: 3, width: 4, outChannels: 7,
        kernel: (3, 3), pad: (1, 1)),
      ConvolutionTests.Case(
        name: "narrow and in groups", batch: 4, channels: 6, height: 9, width: 8, outChannels: 4,
        kernel: (1, 3), pad: (0, 1), groups: 2),
    ]

    @Test func layoutsAreThoseOfTheFastest() {
      func readings(_ c: ConvolutionTests.Case, _ survivors: Int) -> [ck_reading] {
        withUnsafePointer(to: c.shape) {
          [ck_sparse_reading($0, survivors), ck_sparse_gradient_reading($0, survivors)]
        }
      }
      let (frames, beside) = (Self.layouts[0], Self.layouts[2])
      #expect(readings(frames, 960) == [CK_FRAME, CK_COPIES])
      #expect(readings(frames, 80) == [CK_FRAME, CK_FRAME])
      #expect(readings(frames, 961) == [CK_COPIES, CK_COPIES])
      #expect(readings(beside, 0) == [CK_BESIDE, CK_BESIDE])
      #expect(readings(beside, 29 * 27) == [CK_BESIDE, CK_BESIDE])
      #expect(readings(Self.layouts[6], 0) == [CK_COPIES, CK_COPIES])
      #expect(Self.strips.allSatisfy { readings($0, 0) == [CK_COPIES, CK_COPIES] })
    }

    /// Equal numbers: a chain without its zeros may differ in the sign of a zero.
    static func isEqual(_ a: [Float], _ b: [Float]) -> Bool { zip(a, b).allSatisfy { $0 == $1 } }

    /// Equal numbers where both are plain chains, to rounding where the dense form goes by Winograd.
    private static func agree(_ c: ConvolutionTests.Case, _ a: [Float], _ b: [Float]) -> Bool {
      withUnsafePointer(to: c.shape) { ck_convolution_by_winograd($0) != 0 }
        ? distance(a, b.map(Double.init)) < 1e-5 : isEqual(a, b)
    }

    @Test(arguments: ConvolutionTests.cases + WinogradTests.cases + strips + layouts, [false, true])
    func convolutionsAreTheDenseOnes(c: ConvolutionTests.Case, few: Bool) {
      let p = Pruned(c, few: few), s = p.dense.shape
      let y = p.dense.forward([0..<s.batch], bias: p.dense.bias, activation: CK_RELU)
      let gx = p.dense.inputGradient([0..<s.batch])
      let (x, g, w, bias) = (Floats(p.dense.x), Floats(p.dense.gy), Floats(p.values), Floats(p.dense.bias))
      underEveryVariant { variant in
        let (found, gradient) = (Floats(unwritten: y.count), Floats(unwritten: gx.count))
        let (a, b) = (p.scratch(p.forward), p.scratch(p.backward))
        withUnsafePointer(to: s) { s in
          for images in [0..<1, 1..<s.pointee.batch] {
            p.forward.use {
              ck_sparse_convolution_forward(
                s, $0, images.lowerBound, images.upperBound, x.pointer, w.pointer, bias.pointer,
                Int32(CK_RELU), found.pointer, a.pointer)
            }
            p.backward.use {
              ck_sparse_convolution_input_gradient(
                s, $0, images.lowerBound, images.upperBound, g.pointer, w.pointer, gradient.pointer,
                b.pointer)
            }
          }
        }
        #expect(Self.agree(c, found.values, y), "\(variant)")
        #expect(Self.agree(c, gradient.values, gx), "\(variant)")
        #expect(found.isIntact && gradient.isIntact && a.isIntact && b.isIntact)
      }
    }

    /// A normalisation behind the sums, a residual and an activation have the bits that they have one after the other.
    @Test(arguments: ConvolutionTests.cases + strips + layouts)
    func normalizedConvolutionsAreTheirParts(c: ConvolutionTests.Case) {
      let p = Pruned(c, few: true), s = p.dense.shape, channels = s.out_channels,
        plane = s.out_height * s.out_width
      let (x, w, residual) = (Floats(p.dense.x), Floats(p.values), Floats(p.dense.gy))
      let factors = (1...3).map { Floats(numbers(channels, seed: 60 + UInt64($0))) }
      let rectifiers: [(Int, (Float) -> Float)] = [
        (CK_IDENTITY, { $0 }), (CK_RELU, { relu($0) }), (CK_RELU6, { $0 >= 6 ? 6 : relu($0) }),
      ]
      underEveryVariant { variant in
        let (sums, found) = (Floats(unwritten: p.dense.gy.count), Floats(unwritten: p.dense.gy.count))
        let scratch = p.scratch(p.forward)
        withUnsafePointer(to: s) { s in
          p.forward.use { pattern in
            ck_sparse_convolution_forward(
              s, pattern, 0, s.pointee.batch, x.pointer, w.pointer, nil, Int32(CK_IDENTITY), sums.pointer,
              scratch.pointer)
            let (mean, scale, shift) = (factors[0].values, factors[1].values, factors[2].values)
            let normalized = sums.values.enumerated().map { place, sum in
              let channel = place / plane % channels
              return shift[channel].addingProduct(sum - mean[channel], scale[channel])
            }
            for (activation, rectifier) in rectifiers {
              for isAdded in [false, true] {
                for images in [0..<1, 1..<s.pointee.batch] {
                  ck_sparse_convolution_normalized(
                    s, pattern, images.lowerBound, images.upperBound, x.pointer, w.pointer,
                    factors[0].pointer, factors[1].pointer, factors[2].pointer,
                    isAdded ? UnsafePointer(residual.pointer) : nil, Int32(activation), found.pointer,
                    scratch.pointer)
                }
                let expected = isAdded ? zip(normalized, p.dense.gy).map(+) : normalized
                #expect(bits(found.values) == bits(expected.map(rectifier)), "\(variant), \(activation)")
              }
            }
          }
        }
        #expect(sums.isIntact && found.isIntact && scratch.isIntact)
      }
    }

    @Test(arguments: ConvolutionTests.cases + strips + layouts)
    func filterGradientsGoBySixteenLanes(c: ConvolutionTests.Case) {
      let p = Pruned(c, copies: true), s = p.dense.shape
      var lanes = [[Float]](repeating: [Float](repeating: 0, count: 16), count: p.dense.w.count)
      ConvolutionTests.eachTap(s) { w, x, y in
        let position = y % (s.out_height * s.out_width)
        lanes[w][position % 16] = lanes[w][position % 16].addingProduct(
          p.dense.gy[y], x.map { p.dense.x[$0] } ?? 0)
      }
      let expected = p.places.map { SparseTests.fold(lanes[$0]) }
      let (x, g) = (Floats(p.dense.x), Floats(p.dense.gy))
      underEveryVariant { variant in
        let (gw, scratch) = (Floats(unwritten: expected.count), p.scratch(p.forward))
        withUnsafePointer(to: s) { s in
          for channels in [0..<1, 1..<s.pointee.out_channels] {
            p.forward.use {
              ck_sparse_convolution_filter_gradient(
                s, $0, channels.lowerBound, channels.upperBound, x.pointer, g.pointer, gw.pointer,
                scratch.pointer)
            }
          }
        }
        #expect(Self.isEqual(gw.values, expected), "\(variant)")
        #expect(gw.isIntact && scratch.isIntact)
      }
    }
  }
}

extension KernelTests.ConvolutionTests.Operands {
  /// The same with other filters.
  init(_ other: Self, w: [Float]) {
    (shape, x, bias, gy) = (other.shape, other.x, other.bias, other.gy)
    self.w = w
  }
}
