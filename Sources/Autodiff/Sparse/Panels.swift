import CKernels
import CoppiceTensors

/// Examples side by side: rows `[…, features]` to panels `[panels, features, width]`, row r being column r mod width of panel
/// r / width; columns beyond the last row are 0. The form in which sparse products read and write.
package struct Panels: ExamplewisePrimitive {
  package static let name = "panels"

  package init() {}

  /// Columns of a panel for so many rows: 1 for one row, else whole vectors of 16 up to 64.
  static func width(rows: Int) -> Int { rows == 1 ? 1 : min(64, (rows + 15) / 16 * 16) }

  package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
    guard inputs.count == 1, inputs[0].element == .float32, inputs[0].shape.rank >= 2,
      let features = inputs[0].shape.axes.last, inputs[0].shape.count > 0
    else { throw ShapeError("takes rows […, features], not \(inputs.listed)") }
    let rows = inputs[0].shape.count / features
    let width = Self.width(rows: rows)
    return [ValueType([(rows + width - 1) / width, features, width])]
  }

  package func kernel(for signature: Signature) -> Kernel {
    let layout = PanelLayout(rows: signature.input(0), panels: signature.output())
    return layout.kernel { a, panel, rows, features in
      let to = a.output() + (panel * layout.features + features.lowerBound) * layout.width
      ck_transpose(
        rows.count, features.count, a.input(0) + rows.lowerBound * layout.features + features.lowerBound,
        layout.features, to, layout.width)
      guard rows.count < layout.width else { return }
      for feature in features.indices {
        (to + (feature - features.lowerBound) * layout.width + rows.count)
          .update(repeating: 0, count: layout.width - rows.count)
      }
    }
  }

  package func flops(for signature: Signature) -> Int { 0 }

  package func pullback(_ call: PullbackCall) -> [Value?] {
    [call.gradient?.rows(leading: Array(call.inputs[0].shape.axes.dropLast()))]
  }

  package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
    var panels = ReferenceArray(repeating: 0, signature.output())
    PanelLayout(rows: signature.input(0), panels: panels.shape).forEach {
      panels.scalars[$1] = inputs[0].scalars[$0]
    }
    return [panels]
  }

  package static let samples = [
    Sample(Panels(), .uniform([60, 7])), Sample(Panels(), .uniform([1, 9])),
    Sample(Panels(), .uniform([3, 50, 130])), Sample(Panels(), .uniform([5, 3])),
  ]
}

extension Panels {
  /// Panels `[panels, features, width]` as rows `[leading…, features]` again; columns beyond the last row are dropped.
  package struct Rows: ExamplewisePrimitive {
    package static let name = "panel-rows"
    /// The axes of the rows but the last.
    package let leading: [Int]

    package init(leading: [Int]) { self.leading = leading }

    package func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] {
      let rows = leading.product
      guard inputs.count == 1, inputs[0].element == .float32, inputs[0].shape.rank == 3, rows > 0,
        case let shape = inputs[0].shape, shape[2] == Panels.width(rows: rows),
        shape[0] == (rows + shape[2] - 1) / shape[2]
      else { throw ShapeError("\(inputs.listed) are no panels of \(leading) rows") }
      return [ValueType(Shape(leading + [shape[1]]))]
    }

    package func kernel(for signature: Signature) -> Kernel {
      let layout = PanelLayout(rows: signature.output(), panels: signature.input(0))
      return layout.kernel { a, panel, rows, features in
        ck_transpose(
          features.count, rows.count,
          a.input(0) + (panel * layout.features + features.lowerBound) * layout.width, layout.width,
          a.output() + rows.lowerBound * layout.features + features.lowerBound, layout.features)
      }
    }

    package func taking(_ examples: Int, of batch: Int) -> any ExamplewisePrimitive {
      Rows(leading: [leading[0] / batch * examples] + leading.dropFirst())
    }

    package func flops(for signature: Signature) -> Int { 0 }

    package func pullback(_ call: PullbackCall) -> [Value?] { [call.gradient?.panels] }

    package func reference(_ inputs: [ReferenceArray], _ signature: Signature) -> [ReferenceArray] {
      var rows = ReferenceArray(repeating: 0, signature.output())
      PanelLayout(rows: rows.shape, panels: signature.input(0)).forEach {
        rows.scalars[$0] = inputs[0].scalars[$1]
      }
      return [rows]
    }

    package static let samples = [
      Sample(Rows(leading: [60]), .uniform([1, 7, 64])), Sample(Rows(leading: [1]), .uniform([1, 9, 1])),
      Sample(Rows(leading: [3, 50]), .uniform([3, 130, 64])),
    ]
  }
}

/// How rows lie in panels.
private struct PanelLayout: Sendable {
  let rows: Int
  let features: Int
  let width: Int

  init(rows: Shape, panels: Shape) {
    features = panels[1]
    width = panels[2]
    self.rows = rows.count / max(1, features)
  }

  /// A kernel over pieces of panels: threads share panels and, in each, runs of features.
  func kernel(
    _ body:
      @escaping @Sendable (
        KernelArguments, _ panel: Int, _ rows: Range<Int>, _ features: Range<Int>
      ) -> Void
  ) -> Kernel {
    let (run, panels) = (128, (rows + width - 1) / width)
    let runs = (features + run - 1) / run
    return Kernel(units: panels * runs) { arguments, range in
      for unit in range {
        let (panel, first) = (unit / runs, unit % runs * run)
        body(
          arguments, panel, (panel * width)..<min(panel * width + width, rows),
          first..<min(first + run, features))
      }
    }
  }

  /// Every element's place among the rows and in the panels.
  func forEach(_ body: (_ row: Int, _ panel: Int) -> Void) {
    for row in 0..<rows {
      for feature in 0..<features {
        body(row * features + feature, (row / width * features + feature) * width + row % width)
      }
    }
  }
}

extension Value {
  /// The rows of this array as panels.
  var panels: Value { builder.apply(Panels(), self) }

  /// Panels as rows with these leading axes.
  func rows(leading: [Int]) -> Value { builder.apply(Panels.Rows(leading: leading), self) }
}
