import CKernels
import Testing

/// Layers of integers against plain sums: every form of a weight, under every variant.
@Suite("Integers") struct IntegerTests {
  static let forms = [CK_INTEGER_DENSE, CK_INTEGER_SURVIVORS, CK_INTEGER_GROUPS].map { Int32($0) }

  /// A layer `[outputs, inputs]` with made-up codes, and what its sums become.
  struct Layer {
    let outputs: Int
    let inputs: Int
    var weights: [Int8]
    var zero: Int
    var activation = Int32(CK_IDENTITY)
    var step: Float = 0.0123
    var outputZero: Int32 = 77

    init(_ outputs: Int, _ inputs: Int, zero: Int = 99, every: Int = 1) {
      (self.outputs, self.inputs, self.zero) = (outputs, inputs, zero)
      weights = samples(outputs * inputs).enumerated().map { index, number in
        (index * 7 + index / 11) % every == 0 ? Int8(127 * number) : 0
      }
    }

    var offsets: [Int32] {
      (0..<outputs).map { row in -Int32(zero) * row8(row).reduce(0) { $0 + Int32($1) } }
    }
    var scales: [Float] { (0..<outputs).map { 1e-6 * Float(1 + $0 % 5) } }
    var biases: [Float] { (0..<outputs).map { Float($0 % 7) / 10 - 0.3 } }
    func row8(_ row: Int) -> ArraySlice<Int8> { weights[row * inputs..<(row + 1) * inputs] }

    /// The number of a sum whose codes count without their zero.
    func number(_ sum: Int, _ row: Int, residual: Float? = nil) -> Float {
      var y = biases[row].addingProduct(Float(sum), scales[row])
      if let residual { y += residual }
      switch activation {
      case Int32(CK_RELU): return y > 0 ? y : 0
      case Int32(CK_RELU6): return y >= 6 ? 6 : y > 0 ? y : 0
      default: return y
      }
    }

    /// The code of a number.
    func code(_ number: Float) -> Float {
      let code = (number / step).rounded(.toNearestOrEven) + Float(outputZero)
      return max(0, min(255, code))
    }

    /// Numbers and codes of rows x, one after the other.
    func expected(_ x: [UInt8], residual: [Float]? = nil) -> [Float] {
      let numbers = (0..<x.count / inputs).flatMap { example in
        (0..<outputs).map { row in
          let sum = zip(x[example * inputs..<(example + 1) * inputs], row8(row)).reduce(0) {
            $0 + (Int($1.0) - zero) * Int($1.1)
          }
          return number(sum, row, residual: residual?[example * outputs + row])
        }
      }
      return numbers + numbers.map(code)
    }

    /// Gives `body` the kernels' forms of the weight and of what finishes a sum.
    func withForms(
      _ form: Int32, segments: Int = 1,
      _ body: (UnsafePointer<ck_integer_weight>, UnsafePointer<ck_integer_finish>) -> Void
    ) {
      var codes = [Int8](), starts: [UInt32] = [0], columns = [UInt32]()
      switch form {
      case Int32(CK_INTEGER_DENSE):
        codes = [Int8](repeating: 55, count: ck_integer_packed(outputs, segments, inputs / segments))
        ck_integer_pack(outputs, segments, inputs / segments, weights, &codes)
      case Int32(CK_INTEGER_SURVIVORS):
        for row in 0..<outputs {
          for (column, code) in row8(row).enumerated() where code != 0 {
            columns.append(UInt32(column))
            codes.append(code)
          }
          while codes.count % 4 != 0 {
            columns.append(0)
            codes.append(0)
          }
          starts.append(UInt32(codes.count / 4))
        }
      default:
        for row in 0..<outputs {
          for group in 0..<(inputs + 3) / 4 {
            let four = (4 * group..<4 * group + 4).map { $0 < inputs ? weights[row * inputs + $0] : 0 }
            guard four.contains(where: { $0 != 0 }) else { continue }
            columns.append(UInt32(group))
            codes += four
          }
          starts.append(UInt32(columns.count))
        }
      }
      let (offsets, scales, biases) = (offsets, scales, biases)
      codes.withUnsafeBufferPointer { codes in
        starts.withUnsafeBufferPointer { starts in
          columns.withUnsafeBufferPointer { columns in
            offsets.withUnsafeBufferPointer { offsets in
              scales.withUnsafeBufferPointer { scales in
                biases.withUnsafeBufferPointer { biases in
                  var weight = ck_integer_weight(
                    form: form, codes: codes.baseAddress, starts: starts.baseAddress,
                    columns: columns.baseAddress)
                  var finish = ck_integer_finish(
                    offset: offsets.baseAddress, scale: scales.baseAddress, bias: biases.baseAddress,
                    activation: activation, step: step, zero: outputZero)
                  body(&weight, &finish)
                }
              }
            }
          }
        }
      }
    }

    /// Numbers and codes of rows x as a kernel gives them, by the ranges of outputs that threads may take.
    func computed(_ x: [UInt8], form: Int32, residual: [Float]? = nil) -> [Float] {
      let rows = x.count / inputs
      var y = [Float](repeating: .nan, count: rows * outputs)
      var codes = [UInt8](repeating: 200, count: rows * outputs + 16)
      withScratch(ck_integer_product_scratch(form, inputs)) { scratch in
        withForms(form) { weight, finish in
          for begin in stride(from: 0, to: outputs, by: Int(CK_INTEGER_PANEL)) {
            ck_integer_product(
              weight, begin, min(outputs, begin + Int(CK_INTEGER_PANEL)), rows, outputs, inputs, x, finish,
              residual,
              &y,
              &codes, scratch)
          }
        }
      }
      #expect(codes[(rows * outputs)...].allSatisfy { $0 == 200 }, "written past the end")
      return y + codes[..<(rows * outputs)].map(Float.init)
    }
  }

  /// Scratch memory aligned as kernels want it.
  static func withScratch(_ count: Int, _ body: (UnsafeMutablePointer<Float>) -> Void) {
    withUnsafeTemporaryAllocation(byteCount: 4 * count + 64, alignment: 64) { memory in
      if let base = memory.baseAddress { body(base.bindMemory(to: Float.self, capacity: count + 16)) }
    }
  }

  static func bytes(_ count: Int) -> [UInt8] { samples(count, seed: 5).map { UInt8(127 + 127 * $0) } }

  @Test("products of ragged shapes", arguments: forms, [1, 4, 5, 37, 70])
  func products(_ form: Int32, _ inputs: Int) {
    for (rows, outputs) in [(1, 1), (2, 17), (13, 32), (16, 33), (17, 15), (65, 50)] {
      for every in [1, 3] {
        var layer = Layer(outputs, inputs, every: every)
        layer.activation = [Int32(CK_IDENTITY), Int32(CK_RELU), Int32(CK_RELU6)][rows % 3]
        let x = Self.bytes(rows * inputs)
        let residual = rows % 2 == 0 ? samples(rows * outputs) : nil
        let y = onEveryByteVariant { layer.computed(x, form: form, residual: residual) }
        #expect(
          sameBits(y, layer.expected(x, residual: residual)),
          "\(rows) × \(outputs) × \(inputs), 1 of \(every)")
      }
    }
  }

  /// vpmaddubsw would saturate here.
  @Test("greatest codes and both ends of the zero point", arguments: forms, [0, 255])
  func extremes(_ form: Int32, _ zero: Int) {
    for code: Int8 in [-127, 127] {
      var layer = Layer(20, 601, zero: zero)
      layer.weights = layer.weights.map { _ in code }
      for byte: UInt8 in [0, 255] {
        let x = [UInt8](repeating: byte, count: 3 * 601)
        #expect(sameBits(onEveryByteVariant { layer.computed(x, form: form) }, layer.expected(x)))
      }
    }
  }

  @Test("the deepest sums fit") func depth() {
    let depth = Int(CK_INTEGER_DEPTH)
    var layer = Layer(1, depth, zero: 255)
    layer.weights = layer.weights.map { _ in 127 }
    let x = [UInt8](repeating: 0, count: depth)
    for form in Self.forms {
      let y = onEveryByteVariant { layer.computed(x, form: form) }
      #expect(y[0] == layer.number(-255 * 127 * depth, 0))
    }
  }

  @Test("GELU is that of floats") func gelu() {
    var layer = Layer(33, 40)
    let x = Self.bytes(5 * 40)
    let plain = Array(layer.expected(x)[..<(5 * 33)])
    layer.activation = Int32(CK_GELU)
    let numbers = output(plain.count) { ck_gelu(plain.count, plain, $0) }
    let y = onEveryByteVariant { layer.computed(x, form: Int32(CK_INTEGER_DENSE)) }
    #expect(sameBits(y, numbers + numbers.map(layer.code)))
  }

  static let shapes: [ck_convolution_shape] = [
    shape(2, 3, 7, 9, 17, kernel: 3, padding: 1), shape(1, 8, 9, 7, 33, kernel: 3, stride: 2, padding: 1),
    shape(2, 5, 6, 6, 12, kernel: 1, stride: 2), shape(1, 8, 6, 6, 20, kernel: 1),
    shape(1, 1, 13, 12, 6, kernel: 5, padding: 2), shape(1, 16, 8, 8, 32, kernel: 3, padding: 1),
  ]

  static func shape(
    _ batch: Int, _ channels: Int, _ height: Int, _ width: Int, _ outputs: Int, kernel: Int, stride: Int = 1,
    padding: Int = 0
  ) -> ck_convolution_shape {
    ck_convolution_shape(
      batch: batch, in_channels: channels, in_height: height, in_width: width, out_channels: outputs,
      kernel_height: kernel, kernel_width: kernel, stride_h: stride, stride_w: stride, pad_h: padding,
      pad_w: padding, groups: 1, out_height: (height + 2 * padding - kernel) / stride + 1,
      out_width: (width + 2 * padding - kernel) / stride + 1)
  }

  @Test("convolutions with a residual", arguments: forms, shapes.indices)
  func convolutions(_ form: Int32, _ index: Int) {
    let s = Self.shapes[index]
    let results = s.batch * s.out_height * s.out_width * s.out_channels
    let x = Self.bytes(s.batch * s.in_height * s.in_width * s.in_channels), residual = samples(results)
    for every in [1, 4] {
      var layer = Layer(
        s.out_channels, s.kernel_height * s.kernel_width * s.in_channels, zero: 12, every: every)
      layer.activation = Int32(CK_RELU)
      let y = onEveryByteVariant {
        var (y, codes) = (
          [Float](repeating: .nan, count: results), [UInt8](repeating: 200, count: results)
        )
        Self.withScratch(withUnsafePointer(to: s) { ck_integer_convolution_scratch(form, $0) }) { scratch in
          layer.withForms(form, segments: s.kernel_height) { weight, finish in
            withUnsafePointer(to: s) { s in
              for rows in [0..<s.pointee.out_height / 2, s.pointee.out_height / 2..<s.pointee.out_height] {
                ck_integer_convolution(
                  s, weight, 0, s.pointee.batch, rows.lowerBound, rows.upperBound, x, UInt8(layer.zero),
                  finish,
                  residual, &y, &codes, scratch)
              }
            }
          }
        }
        return y + codes.map(Float.init)
      }
      let numbers = Self.convolved(s, layer, x, residual)
      #expect(sameBits(y, numbers + numbers.map(layer.code)), "\(s), 1 of \(every)")
    }
  }

  /// The convolution with channels last, tap by tap.
  static func convolved(
    _ s: ck_convolution_shape, _ layer: Layer, _ x: [UInt8], _ residual: [Float]
  ) -> [Float] {
    (0..<residual.count).map { place in
      let (output, position) = (place % s.out_channels, place / s.out_channels)
      let (column, row) = (position % s.out_width, position / s.out_width % s.out_height)
      let image = position / s.out_width / s.out_height
      var sum = 0
      for u in 0..<s.kernel_height {
        for v in 0..<s.kernel_width {
          let (i, j) = (row * s.stride_h + u - s.pad_h, column * s.stride_w + v - s.pad_w)
          guard (0..<s.in_height).contains(i), (0..<s.in_width).contains(j) else { continue }
          for c in 0..<s.in_channels {
            let code = x[((image * s.in_height + i) * s.in_width + j) * s.in_channels + c]
            sum +=
              (Int(code) - layer.zero)
              * Int(layer.weights[output * layer.inputs + (u * s.kernel_width + v) * s.in_channels + c])
          }
        }
      }
      return layer.number(sum, output, residual: residual[place])
    }
  }

  @Test("codes of numbers", arguments: raggedSizes) func quantised(_ count: Int) {
    let x = samples(count, scale: 3)
    let y = onEveryVariant {
      var codes = [UInt8](repeating: 9, count: count + 16)
      ck_quantise(count, x, 0.0123, 77, &codes)
      #expect(codes[count...].allSatisfy { $0 == 9 })
      return codes[..<count].map(Float.init)
    }
    #expect(sameBits(y, x.map(Layer(1, 1).code)))
  }

  @Test("codes are rounded half to even, clamped, and 0 for NaN") func corners() {
    let numbers: [Float] = [-0.5, 0, 0.25, 1, 0.5, 1.5, 2.5, -0.5, .infinity, -.infinity, .nan, 1e30, -0.0]
    let y = onEveryVariant {
      var codes = [UInt8](repeating: 0, count: numbers.count)
      ck_quantise(4, numbers, Float(1.5 / 255), 85, &codes)
      codes.withUnsafeMutableBufferPointer { codes in
        numbers.withUnsafeBufferPointer { numbers in
          guard let x = numbers.baseAddress, let y = codes.baseAddress else { return }
          ck_quantise(numbers.count - 4, x + 4, 1, 100, y + 4)
        }
      }
      return codes.map(Float.init)
    }
    // −0.5, 0, 0.25, 1 with scale 0.00588235 and zero point 85.
    #expect(y == [0, 85, 127, 255, 100, 102, 102, 100, 255, 0, 0, 255, 100])
    let back = y[..<4].map { (Float($0) - 85) * Float(1.5 / 255) }
    for (number, wanted) in zip(back, [-0.5, 0, 0.247059, 1] as [Float]) {
      #expect(abs(number - wanted) < 1e-6)
    }
  }

  @Test("images whose channels go last", arguments: [(1, 40), (3, 300), (20, 17)])
  func planes(_ channels: Int, _ plane: Int) {
    let x = samples(channels * plane, scale: 2)
    let y = onEveryVariant {
      var codes = [UInt8](repeating: 9, count: channels * plane + 16)
      ck_quantise_planes(channels, plane, x, 0.0123, 77, &codes)
      #expect(codes[(channels * plane)...].allSatisfy { $0 == 9 })
      return codes[..<(channels * plane)].map(Float.init)
    }
    let expected = (0..<channels * plane).map { x[$0 % channels * plane + $0 / channels] }
    #expect(sameBits(y, expected.map(Layer(1, 1).code)))
  }

  @Test("greatest codes of windows", arguments: [(3, 2, 2, 0), (21, 3, 2, 1), (32, 3, 1, 0)])
  func pooled(_ channels: Int, _ side: Int, _ stride: Int, _ padding: Int) {
    let (height, width) = (9, 8), x = Self.bytes(height * width * channels)
    let (rows, columns) = (
      (height + 2 * padding - side) / stride + 1, (width + 2 * padding - side) / stride + 1
    )
    let y = onEveryVariant {
      var y = [UInt8](repeating: 0, count: rows * columns * channels)
      ck_integer_max_pool(channels, height, width, rows, columns, side, stride, padding, x, &y)
      return y.map(Float.init)
    }
    let expected = (0..<rows * columns * channels).map { place in
      let (channel, position) = (place % channels, place / channels)
      let inRow = position / columns * stride - padding, inColumn = position % columns * stride - padding
      var most: UInt8 = 0
      for i in max(0, inRow)..<min(height, inRow + side) {
        for j in max(0, inColumn)..<min(width, inColumn + side) {
          most = max(most, x[(i * width + j) * channels + channel])
        }
      }
      return Float(most)
    }
    #expect(sameBits(y, expected))
  }
}
