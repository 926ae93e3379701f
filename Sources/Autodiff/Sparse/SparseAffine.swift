import CKernels
import CoppiceTensors

/// `Affine` with a pruned weight, on panels: `y[p, o, l] = Σᵢ w[o, i] · x[p, i, l] + b[o]` over the surviving i, and a rectifier
/// where asked. x `[panels, in, width]`, survivors `[count]`, b `[out]` (optional), y `[panels, out, width]`.
package struct SparseAffine: ExamplewisePrimitive, PatternedPrimitive {
  package static let name = "sparse-affine"
  package let pattern: SparsePattern
  package let hasBias: Bool
  package let rectifies: Bool

  package init(_ pattern: SparsePattern, hasBias: Bool = false, rectifies: Bool = false) {
    precondition(pattern.interleaving == nil)
    self.pattern = pattern
    self.hasBias = hasBias
    self.rectifies = rectifies
  }

  package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
    guard inputs.count == (hasBias ? 3 : 2), inputs.allSatisfy({ $0.element == .float32 }),
      pattern.shape.rank == 2, inputs[0].shape.rank == 3, inputs[0].shape[1] == pattern.shape[1],
      inputs[1].shape == Shape([pattern.count]), !hasBias || inputs[2].shape == Shape([pattern.shape[0]])
    else {
      throw ShapeError(
        "x, survivors and b must be [panels, in, width], [count] and [out], not \(inputs.listed) for \(pattern)"
      )
    }
    return [ValueType([inputs[0].shape[0], pattern.shape[0], inputs[0].shape[2]])]
  }

  package func kernel(for signature: Signature) -> Kernel {
    let activation = Int32(rectifies ? CK_RELU : CK_IDENTITY)
    let hasBias = hasBias
    return pattern.product(pattern.index(width: signature.input(0)[2]), signature) { arguments in
      (hasBias ? arguments.input(2) : nil, activation)
    }
  }

  package func flops(for signature: Signature) -> Int { pattern.flops(signature.input(0)) }

  package func pullback(_ call: PullbackCall) -> [Value?] {
    guard var g = call.gradient else { return call.inputs.map { _ in nil } }
    if rectifies { g = g.builder.apply(ReLU.Gradient(), g, call.outputs[0]) }
    let gradients = [
      g.builder.apply(InputGradient(pattern), g, call.inputs[1]),
      g.builder.apply(WeightGradient(pattern), g, call.inputs[0]),
    ]
    return hasBias ? gradients + [g.channelSum] : gradients
  }

  package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
    [Self.finish(pattern.products(inputs, signature.input(0)), inputs, hasBias, rectifies)]
  }

  /// Bias and rectifier on panels of sums, in Double precision.
  static func finish(
    _ sums: ReferenceArray, _ inputs: [ReferenceArray], _ hasBias: Bool, _ rectifies: Bool
  ) -> ReferenceArray {
    var y = sums
    for place in y.scalars.indices {
      if hasBias { y.scalars[place] += inputs[2].scalars[place / y.shape[2] % y.shape[1]] }
      if rectifies { y.scalars[place] = ReLU().value([y.scalars[place]]) }
    }
    return y
  }

  package func with(_ pattern: SparsePattern) -> SparseAffine {
    SparseAffine(pattern, hasBias: hasBias, rectifies: rectifies)
  }

  package static let samples = [
    Sample(
      SparseAffine(.sample([9, 7]), hasBias: true), .uniform([1, 7, 48]), .uniform([21]), .uniform([9])),
    Sample(SparseAffine(.sample([40, 90])), .uniform([3, 90, 64]), .uniform([1200])),
    Sample(
      SparseAffine(.sample([9, 7]), hasBias: true, rectifies: true), .uniform([1, 7, 1]), .uniform([21]),
      .uniform([9])),
  ]
}

extension SparseAffine {
  /// The gradient by the input: `gx[p, i, l] = Σₒ w[o, i] · g[p, o, l]` over the surviving o.
  package struct InputGradient: PatternedPrimitive {
    package static let name = "sparse-affine-input-gradient"
    package let pattern: SparsePattern

    package init(_ pattern: SparsePattern) { self.pattern = pattern }

    package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
      guard inputs.count == 2, inputs.allSatisfy({ $0.element == .float32 }), pattern.shape.rank == 2,
        inputs[0].shape.rank == 3, inputs[0].shape[1] == pattern.shape[0],
        inputs[1].shape == Shape([pattern.count])
      else { throw ShapeError("\(inputs.listed) are no gradient and survivors for \(pattern)") }
      return [ValueType([inputs[0].shape[0], pattern.shape[1], inputs[0].shape[2]])]
    }

    package func kernel(for signature: Signature) -> Kernel {
      pattern.product(pattern.transposedIndex(width: signature.input(0)[2]), signature) { _ in
        (nil, Int32(CK_IDENTITY))
      }
    }

    package func flops(for signature: Signature) -> Int { pattern.flops(signature.input(0)) }

    package func pullback(_ call: PullbackCall) -> [Value?] {
      guard let u = call.gradient else { return [nil, nil] }
      return [
        u.builder.apply(SparseAffine(pattern), u, call.inputs[1]),
        u.builder.apply(WeightGradient(pattern), call.inputs[0], u),
      ]
    }

    package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
      var gradient = ReferenceArray(repeating: 0, signature.output())
      pattern.forEachProduct(gradient.shape) { x, w, y in
        gradient.scalars[x] += inputs[0].scalars[y] * inputs[1].scalars[w]
      }
      return [gradient]
    }

    package func with(_ pattern: SparsePattern) -> InputGradient { InputGradient(pattern) }

    package static let samples = [
      Sample(InputGradient(.sample([9, 7])), .uniform([2, 9, 64]), .uniform([21])),
      Sample(InputGradient(.sample([9, 7])), .uniform([1, 9, 1]), .uniform([21])),
    ]
  }

  /// The gradient by the survivors alone: `gw[e] = Σ_{p, l} g[p, o, l] · x[p, i, l]` for the e-th survivor w[o, i].
  package struct WeightGradient: PatternedPrimitive {
    package static let name = "sparse-affine-weight-gradient"
    package let pattern: SparsePattern

    package init(_ pattern: SparsePattern) { self.pattern = pattern }

    package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
      guard inputs.count == 2, inputs.allSatisfy({ $0.element == .float32 && $0.shape.rank == 3 }),
        pattern.shape.rank == 2, inputs[0].shape[1] == pattern.shape[0],
        inputs[1].shape[1] == pattern.shape[1],
        inputs[0].shape[0] == inputs[1].shape[0], inputs[0].shape[2] == inputs[1].shape[2]
      else { throw ShapeError("\(inputs.listed) are no gradient and input for \(pattern)") }
      return [ValueType([pattern.count])]
    }

    package func kernel(for signature: Signature) -> Kernel {
      let (panels, width) = (signature.input(0)[0], signature.input(0)[2])
      let (outputs, inputs) = (pattern.shape[0], pattern.shape[1])
      let index = pattern.index(width: width)
      return Kernel(units: outputs, scratch: ck_sparse_sample_scratch(index.longestRow)) { a, rows in
        index.withPattern {
          ck_sparse_sample(
            $0, rows.lowerBound, rows.upperBound, panels, width, a.input(1), inputs * width, a.input(0),
            outputs * width, width, a.output(), a.scratch)
        }
      }
    }

    package func flops(for signature: Signature) -> Int { pattern.flops(signature.input(0)) }

    package func pullback(_ call: PullbackCall) -> [Value?] {
      guard let u = call.gradient else { return [nil, nil] }
      return [
        u.builder.apply(SparseAffine(pattern), call.inputs[1], u),
        u.builder.apply(InputGradient(pattern), call.inputs[0], u),
      ]
    }

    package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
      var gradient = ReferenceArray(repeating: 0, signature.output())
      pattern.forEachProduct(signature.input(1)) { x, w, y in
        gradient.scalars[w] += inputs[0].scalars[y] * inputs[1].scalars[x]
      }
      return [gradient]
    }

    package func with(_ pattern: SparsePattern) -> WeightGradient { WeightGradient(pattern) }

    package static let samples = [
      Sample(WeightGradient(.sample([9, 7])), .uniform([2, 9, 64]), .uniform([2, 7, 64])),
      Sample(WeightGradient(.sample([9, 7])), .uniform([1, 9, 1]), .uniform([1, 7, 1])),
      Sample(WeightGradient(.sample([40, 90])), .uniform([20, 40, 64]), .uniform([20, 90, 64])),
    ]
  }
}

extension SparsePattern {
  /// The survivors of a matrix by output row, planes being `width` apart.
  fileprivate func index(width: Int) -> SparseIndex {
    precondition(interleaving == nil)
    let columns = shape[1]
    return SparseIndex(
      rows: shape[0], entries: places.lazy.map { (Int($0) / columns, Int($0) % columns * width) })
  }

  /// The survivors of a matrix by input column.
  fileprivate func transposedIndex(width: Int) -> SparseIndex {
    let columns = shape[1]
    return SparseIndex(
      rows: columns, sorting: places.map { (Int($0) % columns, Int($0) / columns * width) })
  }

  fileprivate func flops(_ panels: Shape) -> Int { 2 * count * panels[0] * panels[2] }

  /// The kernel of a product on panels; threads share panels and, in each, runs of rows.
  fileprivate func product(
    _ index: SparseIndex, _ signature: Signature,
    _ finish: @escaping @Sendable (KernelArguments) -> (bias: UnsafePointer<Float>?, activation: Int32)
  ) -> Kernel {
    let (panels, width) = (signature.output()[0], signature.output()[2])
    let (planes, rows) = (signature.input(0)[1], signature.output()[1])
    return Kernel(units: Self.units(panels: panels, rows: rows)) { a, units in
      let (bias, activation) = finish(a)
      index.withPattern { pattern in
        Self.forEachRun(units, rows: rows) { panel, run in
          ck_sparse_product(
            pattern, run.lowerBound, run.upperBound, a.input(1), width, a.input(0) + panel * planes * width,
            bias, activation, a.output() + panel * rows * width, width)
        }
      }
    }
  }

  /// Runs of sixteen rows in all panels together: what threads share.
  static func units(panels: Int, rows: Int) -> Int { panels * ((rows + 15) / 16) }

  /// The rows of such units, panel by panel.
  @inline(__always) static func forEachRun(
    _ units: Range<Int>, rows: Int, _ body: (_ panel: Int, _ rows: Range<Int>) -> Void
  ) {
    let runs = (rows + 15) / 16
    var unit = units.lowerBound
    while unit < units.upperBound {
      let panel = unit / runs
      let end = min(units.upperBound, (panel + 1) * runs)
      body(panel, (unit - panel * runs) * 16..<min((end - panel * runs) * 16, rows))
      unit = end
    }
  }

  /// The sums over the survivors for x `[panels, in, width]`, in Double precision.
  func products(_ inputs: [ReferenceArray], _ x: Shape) -> ReferenceArray {
    var y = ReferenceArray(repeating: 0, [x[0], shape[0], x[2]])
    forEachProduct(x) { x, w, place in y.scalars[place] += inputs[0].scalars[x] * inputs[1].scalars[w] }
    return y
  }

  /// Every product of the sums: its places in x `[panels, in, width]`, among the survivors, and in y.
  fileprivate func forEachProduct(_ x: Shape, _ body: (_ x: Int, _ w: Int, _ y: Int) -> Void) {
    for panel in 0..<x[0] {
      for (w, place) in places.enumerated() {
        let (row, column) = (Int(place) / shape[1], Int(place) % shape[1])
        for lane in 0..<x[2] {
          body((panel * shape[1] + column) * x[2] + lane, w, (panel * shape[0] + row) * x[2] + lane)
        }
      }
    }
  }

  /// A third of the elements, for tests: every row but the second has some.
  static func sample(_ shape: Shape) -> SparsePattern {
    SparsePattern(Mask(shape, (0..<shape.count).map { $0 % 3 == 1 ? 1 : 0 }))
  }
}

extension Affine: PrunablePrimitive {
  package func sparse(_ inputs: [Value], _ pattern: SparsePattern, survivors: Value) -> Value {
    let x = inputs[0]
    if pattern.interleaving != nil {
      return x.builder.applyAll(
        SparseAffine.Single(pattern, hasBias: hasBias, rectifies: rectifies),
        [x, survivors] + inputs.dropFirst(2))[0]
    }
    let primitive = SparseAffine(pattern, hasBias: hasBias, rectifies: rectifies)
    // Where x comes from a sparse layer itself, `Graph.passingPanelsOn` leaves the detour by rows out.
    let panels = x.builder.applyAll(primitive, [x.panels, survivors] + inputs.dropFirst(2))[0]
    return panels.rows(leading: Array(x.shape.axes.dropLast()))
  }
}
