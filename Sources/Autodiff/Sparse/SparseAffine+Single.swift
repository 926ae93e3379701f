import CKernels
import CoppiceTensors

extension SparseAffine {
  /// `SparseAffine` for examples that come one at a time, `y[…, o] = Σᵢ w[o, i] · x[…, i] + b[o]` over the surviving i, and a
  /// rectifier where asked. x `[…, in]`, survivors `[count]` interleaved, b `[out]` (optional), y `[…, out]`. It serves evaluation
  /// alone and has no gradient.
  package struct Single: UndifferentiablePrimitive {
    package static let name = "sparse-affine-single"
    package let pattern: SparsePattern
    private let rows: InterleavedRows
    package let hasBias: Bool
    package let rectifies: Bool

    package init(_ pattern: SparsePattern, hasBias: Bool = false, rectifies: Bool = false) {
      guard let rows = pattern.interleaving else { preconditionFailure("survivors that are not interleaved") }
      (self.pattern, self.rows) = (pattern, rows)
      self.hasBias = hasBias
      self.rectifies = rectifies
    }

    package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
      guard inputs.count == (hasBias ? 3 : 2), inputs.allSatisfy({ $0.element == .float32 }),
        inputs[0].shape.rank >= 2, inputs[0].shape[-1] == pattern.shape[1],
        inputs[1].shape == Shape([pattern.count]), !hasBias || inputs[2].shape == Shape([pattern.shape[0]])
      else {
        throw ShapeError(
          "x, survivors and b must be […, in], [count] and [out], not \(inputs.listed) for \(pattern)")
      }
      return [ValueType(Shape(inputs[0].shape.axes.dropLast() + [pattern.shape[0]]))]
    }

    package func kernel(for signature: Signature) -> Kernel {
      let (outputs, inputs) = (pattern.shape[0], pattern.shape[1])
      let index = SparseIndex(
        rows: outputs, sorting: pattern.places.map { (Int($0) / inputs, Int($0) % inputs) })
      let (interleaved, hasBias, activation) = (rows, hasBias, Int32(rectifies ? CK_RELU : CK_IDENTITY))
      let examples = examples(signature)
      return Kernel(units: SparsePattern.units(panels: examples, rows: outputs)) { a, units in
        index.withPattern { pattern in
          interleaved.withRows { interleaved in
            SparsePattern.forEachRun(units, rows: outputs) { example, rows in
              ck_sparse_single(
                pattern, interleaved, rows.lowerBound, rows.upperBound, a.input(1),
                a.input(0) + example * inputs, inputs, hasBias ? a.input(2) : nil, activation,
                a.output() + example * outputs)
            }
          }
        }
      }
    }

    package func flops(for signature: Signature) -> Int { 2 * pattern.count * examples(signature) }

    private func examples(_ signature: Signature) -> Int {
      signature.output().count / max(1, pattern.shape[0])
    }

    package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
      // An example is a panel of one column.
      let panels = SparseAffine.finish(
        pattern.products(inputs, [examples(signature), pattern.shape[1], 1]), inputs, hasBias, rectifies)
      return [ReferenceArray(signature.output(), panels.scalars)]
    }

    package static let samples = [
      Sample(
        Single(.sample([9, 7]).interleaved, hasBias: true, rectifies: true), .uniform([1, 7]), .uniform([21]),
        .uniform([9])),
      Sample(Single(.sample([40, 90]).interleaved), .uniform([3, 90]), .uniform([1200])),
    ]
  }
}
