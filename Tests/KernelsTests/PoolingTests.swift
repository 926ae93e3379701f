import CKernels
import Testing

extension KernelTests {
  @Suite struct PoolingTests {
    struct Case: Sendable, CustomTestStringConvertible {
      var planes = 3
      var height: Int, width: Int
      var kernel: (Int, Int), stride: (Int, Int)
      var pad = (0, 0)

      var testDescription: String { "\(height)×\(width) by \(kernel) every \(stride) padded \(pad)" }
      var shape: ck_pooling_shape {
        ck_pooling_shape(
          in_height: height, in_width: width, out_height: (height + 2 * pad.0 - kernel.0) / stride.0 + 1,
          out_width: (width + 2 * pad.1 - kernel.1) / stride.1 + 1, kernel_height: kernel.0,
          kernel_width: kernel.1,
          stride_h: stride.0, stride_w: stride.1, pad_h: pad.0, pad_w: pad.1)
      }
      var inputs: Int { planes * height * width }
      var outputs: Int { planes * shape.out_height * shape.out_width }

      /// The windows of every plane in ascending order, each as the indices into x of what it holds.
      var windows: [[Int]] {
        let s = shape
        return (0..<outputs).map { index in
          let plane = index / (s.out_height * s.out_width)
          let top = index / s.out_width % s.out_height * stride.0 - pad.0,
            left = index % s.out_width * stride.1 - pad.1
          return (top..<top + kernel.0).filter { (0..<height).contains($0) }.flatMap { row in
            (left..<left + kernel.1).filter { (0..<width).contains($0) }.map {
              (plane * height + row) * width + $0
            }
          }
        }
      }
    }

    static let cases = [
      Case(height: 24, width: 24, kernel: (2, 2), stride: (2, 2)),
      Case(height: 8, width: 8, kernel: (2, 2), stride: (2, 2)),
      Case(height: 6, width: 56, kernel: (2, 2), stride: (2, 2)),
      Case(height: 7, width: 39, kernel: (2, 2), stride: (2, 2)),
      Case(height: 9, width: 10, kernel: (3, 3), stride: (2, 2), pad: (1, 1)),
      Case(height: 9, width: 75, kernel: (3, 3), stride: (2, 2), pad: (1, 1)),
      Case(height: 7, width: 34, kernel: (3, 3), stride: (1, 2)),
      Case(height: 6, width: 61, kernel: (4, 5), stride: (3, 2), pad: (2, 2)),
      Case(height: 5, width: 33, kernel: (2, 1), stride: (1, 2)),
      Case(height: 6, width: 5, kernel: (3, 2), stride: (1, 1)),
      Case(height: 8, width: 8, kernel: (8, 8), stride: (8, 8)),
      Case(height: 10, width: 11, kernel: (1, 3), stride: (2, 3), pad: (0, 1)),
      Case(height: 5, width: 5, kernel: (2, 2), stride: (3, 3), pad: (1, 1)),
    ]

    /// Few different values, so that windows hold ties; some NaN, some -0.
    static func inputs(_ count: Int, withNaN: Bool) -> [Float] {
      numbers(count, seed: 31).map { x in
        let level = (x * 3).rounded()
        return withNaN && level == 3 ? .nan : level
      }
    }

    enum Direction: CaseIterable { case max, maxGradient, maxSelection, average, averageGradient }

    /// What a selection selects from: all different.
    static func marks(_ c: Case) -> [Float] { numbers(c.inputs, seed: 33) }

    static func run(_ d: Direction, _ c: Case, _ ranges: [Range<Int>], _ x: [Float], _ gy: [Float]) -> [Float]
    {
      let isGradient = d == .maxGradient || d == .averageGradient
      let result = Floats(unwritten: isGradient ? c.inputs : c.outputs), xs = Floats(x), g = Floats(gy)
      let u = Floats(marks(c))
      withUnsafePointer(to: c.shape) { s in
        for r in ranges {
          let (begin, end) = (r.lowerBound, r.upperBound)
          switch d {
          case .max: ck_max_pool(s, begin, end, xs.pointer, result.pointer)
          case .maxGradient: ck_max_pool_gradient(s, begin, end, xs.pointer, g.pointer, result.pointer)
          case .maxSelection: ck_max_pool_selection(s, begin, end, xs.pointer, u.pointer, result.pointer)
          case .average: ck_average_pool(s, begin, end, xs.pointer, result.pointer)
          case .averageGradient: ck_average_pool_gradient(s, begin, end, g.pointer, result.pointer)
          }
        }
      }
      #expect(result.isIntact)
      return result.values
    }

    static func reference(_ d: Direction, _ c: Case, _ x: [Float], _ gy: [Float]) -> [Float] {
      let area = Float(c.kernel.0 * c.kernel.1)
      var gx = [Float](repeating: 0, count: c.inputs), y: [Float] = []
      let u = marks(c)
      for (window, g) in zip(c.windows, gy) {
        // The first NaN, or the first of the greatest.
        let chosen =
          window.first { x[$0].isNaN } ?? window.first { at in window.allSatisfy { x[$0] <= x[at] } }
        switch d {
        case .max: y.append(x[chosen ?? 0])
        case .maxGradient: gx[chosen ?? 0] += g
        case .maxSelection: y.append(u[chosen ?? 0])
        case .average: y.append(window.reduce(Float(0)) { $0 + x[$1] } / area)
        case .averageGradient: for at in window { gx[at] += g / area }
        }
      }
      return y.isEmpty ? gx : y
    }

    @Test(arguments: cases, [false, true]) func followsTheDefinition(c: Case, withNaN: Bool) {
      let x = Self.inputs(c.inputs, withNaN: withNaN), gy = numbers(c.outputs, seed: 32)
      for d in Direction.allCases {
        let expected = bits(Self.reference(d, c, x, gy))
        underEveryVariant { variant in
          #expect(bits(Self.run(d, c, [0..<c.planes], x, gy)) == expected, "\(d) \(variant)")
          #expect(
            bits(Self.run(d, c, [0..<1, 1..<c.planes], x, gy)) == expected, "\(d) \(variant) in two parts")
        }
      }
    }

    @Test(arguments: cases) func theRectifiersGradientWithItsSumsIsTheTwoOneAfterTheOther(c: Case) {
      let (images, channels) = (c.planes, 67), plane = c.height * c.width, pooled = c.outputs / c.planes
      let y = Self.inputs(images * channels * plane, withNaN: false)
      let g = numbers(images * channels * pooled, seed: 34)
      /// z and the sums.
      func results(_ body: (UnsafePointer<ck_pooling_shape>, UnsafeMutablePointer<Float>) -> Void) -> [UInt32]
      {
        let result = Floats(unwritten: y.count + channels)
        withUnsafePointer(to: c.shape) { body($0, result.pointer) }
        #expect(result.isIntact)
        return bits(result.values)
      }
      underEveryVariant { variant in
        let apart = results { s, z in
          let gradient = Floats(unwritten: y.count)
          ck_max_pool_gradient(s, 0, images * channels, y, g, gradient.pointer)
          ck_relu_gradient_sums(images, channels, plane, 0, channels, gradient.pointer, y, z, z + y.count)
        }
        for ranges in [[0..<channels], [0..<5, 5..<channels]] {
          let together = results { s, z in
            for range in ranges {
              ck_max_pool_relu_gradient_sums(
                s, images, channels, range.lowerBound, range.upperBound, g, y, z, z + y.count)
            }
          }
          #expect(together == apart, "\(variant) \(ranges)")
        }
      }
    }

    @Test func takesTheFirstOfEqualElements() {
      let c = Case(planes: 1, height: 2, width: 4, kernel: (2, 2), stride: (2, 2))
      let x: [Float] = [1, 5, 2, 2, 5, 5, .nan, 9], gy: [Float] = [10, 20]
      underEveryVariant { _ in
        #expect(bits(Self.run(.max, c, [0..<1], x, gy)) == bits([5, .nan]))
        #expect(Self.run(.maxGradient, c, [0..<1], x, gy) == [0, 10, 0, 0, 0, 0, 20, 0])
      }
    }

    @Test func averageCountsPaddingAsZeros() {
      let c = Case(planes: 1, height: 2, width: 2, kernel: (2, 2), stride: (2, 2), pad: (1, 1))
      let x: [Float] = [4, 8, 12, 16]
      underEveryVariant { _ in
        #expect(Self.run(.average, c, [0..<1], x, []) == [1, 2, 3, 4])
        #expect(Self.run(.averageGradient, c, [0..<1], x, [4, 8, 12, 16]) == [1, 2, 3, 4])
      }
    }
  }
}
