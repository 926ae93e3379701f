import CKernels
import CoppiceTensors

/// The matrix product `c[…, i, j] = Σₚ a[…, i, p] · b[…, p, j]` of `a` `[…, m, k]` and `b` `[…, k, n]` with equal leading
/// axes, or with a plain matrix `b` for all of them. Either may be given transposed: `a` as `[…, k, m]`, `b` as `[…, n, k]`.
package struct MatrixProduct: Primitive {
  package static let name = "matrix-product"
  package let transposesA: Bool
  package let transposesB: Bool

  package init(transposesA: Bool = false, transposesB: Bool = false) {
    self.transposesA = transposesA
    self.transposesB = transposesB
  }

  /// The extents of one product and how many there are.
  struct Extents {
    let batch: Int
    let m: Int
    let n: Int
    let k: Int
    let isBShared: Bool
  }

  func extents(_ a: Shape, _ b: Shape) -> Extents? {
    guard a.rank >= 2, b.rank >= 2 else { return nil }
    let (m, k) = transposesA ? (a[-1], a[-2]) : (a[-2], a[-1])
    let (kb, n) = transposesB ? (b[-1], b[-2]) : (b[-2], b[-1])
    let isBShared = b.rank == 2
    guard k == kb, isBShared || a.axes.dropLast(2) == b.axes.dropLast(2) else { return nil }
    return Extents(batch: a.axes.dropLast(2).product, m: m, n: n, k: k, isBShared: isBShared)
  }

  package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
    guard inputs.count == 2, inputs.allSatisfy({ $0.element == .float32 }),
      let extents = extents(inputs[0].shape, inputs[1].shape)
    else {
      throw ShapeError(
        "cannot multiply \(inputs.map(\.description).joined(separator: " and "))"
          + (transposesA ? ", the first transposed" : "") + (transposesB ? ", the second transposed" : ""))
    }
    return [ValueType(Shape(Array(inputs[0].shape.axes.dropLast(2)) + [extents.m, extents.n]))]
  }

  package func kernel(for signature: Signature) -> Kernel {
    guard let e = extents(signature.input(0), signature.input(1)) else { return Kernel { _, _ in } }
    let (aRow, aColumn) = transposesA ? (1, e.m) : (e.k, 1)
    let (bRow, bColumn) = transposesB ? (1, e.k) : (e.n, 1)
    let bStep = e.isBShared ? 0 : e.k * e.n
    let scratch = ck_product_scratch(e.m, e.n, e.k)
    if e.batch > 1 {
      return Kernel(units: e.batch, scratch: scratch) { arguments, range in
        for item in range {
          ck_product(
            e.m, e.n, e.k, arguments.input(0) + item * e.m * e.k, aRow, aColumn,
            arguments.input(1) + item * bStep, bRow, bColumn, arguments.output() + item * e.m * e.n, e.n, nil,
            Int32(CK_IDENTITY), arguments.scratch)
        }
      }
    }
    // One product: threads share the longer side of the result, in whole tiles.
    return Kernel.product(rows: e.m, columns: e.n, scratch: scratch) { arguments, rows, columns in
      ck_product(
        rows.count, columns.count, e.k, arguments.input(0) + rows.lowerBound * aRow, aRow, aColumn,
        arguments.input(1) + columns.lowerBound * bColumn, bRow, bColumn,
        arguments.output() + rows.lowerBound * e.n + columns.lowerBound, e.n, nil, Int32(CK_IDENTITY),
        arguments.scratch)
    }
  }

  package func flops(for signature: Signature) -> Int {
    guard let e = extents(signature.input(0), signature.input(1)) else { return 0 }
    return [2, e.batch, e.m, e.n, e.k].product
  }

  package func pullback(_ call: PullbackCall) -> [Value?] {
    guard let g = call.gradient else { return [nil, nil] }
    let (a, b) = (call.inputs[0], call.inputs[1])
    let gradientOfA =
      transposesA
      ? b.product(g, transposingSelf: transposesB, transposingOther: true)
      : g.product(b, transposingOther: !transposesB)
    if b.shape.rank == 2, a.shape.rank > 2 {
      // The matrix is used for every leading index: the sum over them is one product of the merged rows.
      let merged = a.shape.rank - 1
      guard !transposesA else {
        a.builder.fail(Self.name, "has no gradient for a shared matrix beside a transposed batch")
        return [nil, nil]
      }
      let rows = a.mergingAxes(0, count: merged)
      let gradients = g.mergingAxes(0, count: merged)
      return [
        gradientOfA,
        transposesB
          ? gradients.product(rows, transposingSelf: true) : rows.product(gradients, transposingSelf: true),
      ]
    }
    let gradientOfB =
      transposesB
      ? g.product(a, transposingSelf: true, transposingOther: transposesA)
      : a.product(g, transposingSelf: !transposesA)
    return [gradientOfA, gradientOfB]
  }

  package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
    guard let e = extents(inputs[0].shape, inputs[1].shape) else { return [] }
    var output = ReferenceArray(repeating: 0, signature.output())
    for item in 0..<e.batch {
      for i in 0..<e.m {
        for j in 0..<e.n {
          var sum = 0.0
          for p in 0..<e.k {
            let a = item * e.m * e.k + (transposesA ? p * e.m + i : i * e.k + p)
            let b = (e.isBShared ? 0 : item * e.k * e.n) + (transposesB ? j * e.k + p : p * e.n + j)
            sum += inputs[0].scalars[a] * inputs[1].scalars[b]
          }
          output.scalars[(item * e.m + i) * e.n + j] = sum
        }
      }
    }
    return [output]
  }

  package static let samples = [
    Sample(MatrixProduct(), .uniform([5, 7]), .uniform([7, 3])),
    Sample(MatrixProduct(transposesA: true), .uniform([7, 5]), .uniform([7, 3])),
    Sample(MatrixProduct(transposesB: true), .uniform([5, 7]), .uniform([3, 7])),
    Sample(MatrixProduct(transposesA: true, transposesB: true), .uniform([7, 5]), .uniform([3, 7])),
    Sample(MatrixProduct(), .uniform([2, 3, 4, 5]), .uniform([2, 3, 5, 2])),
    Sample(MatrixProduct(transposesB: true), .uniform([3, 4, 5]), .uniform([3, 6, 5])),
    Sample(MatrixProduct(transposesB: true), .uniform([3, 4, 5]), .uniform([6, 5])),
    Sample(MatrixProduct(), .uniform([3, 4, 5]), .uniform([5, 6])),
  ]
}

extension Value {
  /// The matrix product of the last two axes; leading axes are equal, or `other` is a plain matrix.
  public func product(
    _ other: Value, transposingSelf: Bool = false, transposingOther: Bool = false
  ) -> Value {
    builder.apply(MatrixProduct(transposesA: transposingSelf, transposesB: transposingOther), self, other)
  }
}

extension MatrixProduct: AxisTied {
  package func ties(for signature: Signature) -> [AxisTie] {
    let (a, b) = (signature.input(0).rank, signature.input(1).rank)
    let (m, k) = transposesA ? (a - 1, a - 2) : (a - 2, a - 1)
    let (kOfB, n) = transposesB ? (b - 1, b - 2) : (b - 2, b - 1)
    let leading = AxisTie.same(0..<(a - 2)) + (b > 2 ? AxisTie.same(0..<(a - 2), input: 1) : [])
    return leading + [
      AxisTie(.input(0, axis: m), .output(axis: a - 2)),
      AxisTie(.input(1, axis: n), .output(axis: a - 1)),
      AxisTie(.input(0, axis: k), .input(1, axis: kOfB), isSummed: true),
    ]
  }

  package var keepsZeros: Bool { true }
}

extension MatrixProduct: PathPrimitive {
  package func reach(_ inputs: [Reach], _ signature: Signature) -> [Reach] {
    [.product(inputs[0], inputs[1]) { $0.builder.apply(self, $0, $1) }]
  }
}

extension MatrixProduct: FlowPrimitive {}

extension MatrixProduct: RelevancePrimitive {
  /// A factor of which no relevance is wanted stands still and weighs the other. Where both carry some, neither is a weight.
  package func relevance(_ call: RelevanceCall) -> [Value?] {
    guard call.isWanted[0] != call.isWanted[1] else {
      call.relevance.builder.fail(
        Self.name, "has a rule for relevance where one factor stands still, and here both would have some")
      return [nil, nil]
    }
    let (a, b) = (call.inputs[0], call.inputs[1])
    guard call.isWanted[0] else {
      return [nil, call.parted(b, weight: a, bias: nil) { $0.builder.apply(self, $1, $0) }]
    }
    return [call.parted(a, weight: b, bias: nil) { $0.builder.apply(self, $0, $1) }, nil]
  }
}

extension MatrixProduct: ExportablePrimitive {
  package func operators(_ call: inout OperatorCall) -> [Operand] {
    let ranks = (0..<2).map { call.signature.input($0).rank }
    if ranks == [2, 2], transposesA || transposesB {
      return [
        call.apply(
          "Gemm", call.inputs,
          ["transA": .integer(transposesA ? 1 : 0), "transB": .integer(transposesB ? 1 : 0)])
      ]
    }
    let factors = zip(call.inputs, zip(ranks, [transposesA, transposesB])).map { operand, form in
      guard form.1 else { return operand }
      let last = form.0 - 1
      return call.apply(
        "Transpose", [operand], ["perm": .integers(Array(0..<(last - 1)) + [last, last - 1])])
    }
    return [call.apply("MatMul", factors)]
  }
}
