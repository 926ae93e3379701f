import CoppiceAutodiff
import CoppiceTensors
import Testing

/// What tracing, checking, printing and simplifying a graph promise.
struct GraphTests {
  @Test("what a graph is traced with goes with the trace, so that a sweep of many trials does not grow")
  func aBuilderGoesWithItsTrace() throws {
    weak var kept: GraphBuilder?
    let graph = try Graph.trace { builder in
      kept = builder
      let (a, b) = (builder.input("a", [3, 4]), builder.parameter("b", [3, 4]))
      builder.output("y", a + b + builder.input("a", [3, 4]))
    }
    #expect(graph.nodes.count == 4)
    #expect(kept == nil)
  }

  @Test("the first failure is thrown, with the scope it happened in, and later ones are not")
  func firstFailureIsKept() {
    let error = #expect(throws: TraceError.self) {
      _ = try Graph.trace { builder in
        let (a, b) = (builder.input("a", [3, 4]), builder.input("b", [5, 6]))
        let product = builder.within("encoder.2") { a.product(b) }
        builder.output("y", builder.within("decoder") { product + a.transposed([5]) })
      }
    }
    #expect(error?.scope == "encoder.2")
    #expect(error?.description == "matrix-product in encoder.2: cannot multiply [3, 4] and [5, 6]")
  }

  /// A builder that values of its own held would stay for ever, with all that was traced: a sweep would grow with every training.
  @Test("nothing is left of a trace but its graph")
  func aTraceEnds() throws {
    weak var builder: GraphBuilder?
    let graph = try Graph.trace { trace in
      builder = trace
      let (x, w) = (trace.input("x", [2, 3]), trace.parameter("w", [3, 4]))
      let again = trace.input("x", [2, 3])
      #expect(again.id == x.id)
      trace.output("y", x.product(w) + trace.state("s", [2, 4]))
    }
    #expect(builder == nil && graph.nodes.count > 3)
  }

  static let misuses: [(message: String, operation: @Sendable (Value) -> Value)] = [
    ("transpose: [1, 1] is no order of the axes of [3, 4] (at most 6)", { $0.transposed([1, 1]) }),
    ("slice: axis 1 of [3, 4] has no places 2..<5", { $0.sliced(1, 2..<5) }),
    ("pad: cannot put -1 and 0 zeros around axis 0 of [3, 4]", { $0.padded(0, before: -1, after: 0) }),
    (
      "concatenate: [3, 4], [4, 3] do not fit one behind the other along axis 0",
      { $0.concatenated(with: $0.transposed([1, 0]), axis: 0) }
    ),
    (
      "max-pool: takes an array [batch, channels, height, width] that holds windows of 2, stride 2, padding 0, "
        + "not [3, 4]", { $0.maxPooled(2) }
    ),
    (
      "convolution: x, w and b must be [batch, in, height, width], [out, in / groups, kernel height, kernel width] "
        + "and [out] with windows that fit, not [3, 4], [3, 4] with stride 2, padding 0, groups 1",
      { $0.convolution($0, stride: 2) }
    ),
    (
      "attention: takes [batch, time, 3 · width] with a width of 2 heads, not [3, 4]",
      { $0.selfAttention(heads: 2) }
    ),
    ("elementwise: the shapes [3] and [3, 4] do not go together", { $0.summed(over: 1) + $0 }),
    ("sum: [3, 4] has no axis 7 to sum over", { $0.summed(over: 7) }),
    ("gather-rows: takes a table [rows, width] and int32 indices, not [3, 4], [3, 4]", { $0.rows(at: $0) }),
    ("merge-axes: [3, 4] has no 0 axes from axis 2 on to merge", { $0.globalAveragePooled }),
  ]

  @Test("shape rules name what they were given", arguments: misuses.indices)
  func shapeErrorsNameShapes(index: Int) {
    let misuse = Self.misuses[index]
    let error = #expect(throws: TraceError.self) {
      _ = try Graph.trace { builder in builder.output("y", misuse.operation(builder.input("x", [3, 4]))) }
    }
    #expect(error?.description == misuse.message)
  }

  @Test("a model may go on with what a failed operation gave, and read its shape", arguments: misuses.indices)
  func failuresDoNotTrap(index: Int) {
    struct Later: Error {}
    let misuse = Self.misuses[index]
    for throwsLater in [false, true] {
      let error = #expect(throws: TraceError.self) {
        _ = try Graph.trace { builder in
          let x = misuse.operation(builder.input("x", [3, 4]))
          let width = x.shape[1] * x.shape[-1] / x.shape[-2]
          let rows = x.splittingAxis(1, into: [width, 48 / width]).transposed([0, 2, 1]).mergingAxes(
            0, count: 2)
          let y = Self.misuses.map { $0.operation(rows + x.scaled(by: Float(x.shape[5]))) }
          let loss = y.map { ($0 * $0.sum).mean(over: [0, 1]) }.reduce(rows.sum, +)
          let weight = builder.parameter("w", [x.shape[0], 1])
          builder.update(weight, with: builder.gradients(of: loss, wrt: [weight, x])[1])
          builder.output("y", loss)
          if throwsLater { throw Later() }
        }
      }
      #expect(error?.description == misuse.message)
    }
  }

  @Test("a leaf declared twice is one leaf, and with another shape an error")
  func leavesAreShared() throws {
    let graph = try Graph.trace { builder in
      builder.output("y", builder.parameter("w", [2]) + builder.parameter("w", [2]))
    }
    #expect(graph.parameters.map(\.name) == ["w"])
    let error = #expect(throws: TraceError.self) {
      _ = try Graph.trace { builder in
        _ = builder.parameter("w", [2])
        _ = builder.parameter("w", [3])
      }
    }
    #expect(error?.problem == "declared as [2] and again as [3]")
  }

  @Test("verification names what is broken")
  func verificationNamesFaults() {
    func message(_ body: (GraphBuilder) -> Void) -> String? {
      #expect(throws: VerificationError.self) { _ = try Graph.trace(body) }?.description
    }
    #expect(
      message { builder in
        let x = builder.input("x", [2])
        builder.output("y", x)
        builder.output("y", x)
      } == "two outputs share a name")
    #expect(
      message { builder in
        let x = builder.input("x", [2])
        builder.update(x, with: x + x)
      } == "an update goes to %0, which keeps nothing")
    #expect(
      message { builder in
        let w = builder.parameter("w", [2])
        builder.update(w, with: w + w)
        builder.update(w, with: w * w)
      } == "w is updated twice")
    #expect(
      message { builder in
        _ = builder.parameter("w", [2])
        _ = builder.input("w", [2])
      } == "two leaves share a name")
  }

  @Test("a graph prints one line a node")
  func printing() throws {
    let graph = try Graph.trace { builder in
      let (x, w) = (builder.input("x", [2, 3]), builder.parameter("fc.weight", [4, 3]))
      let y = builder.within("fc") { x.product(w, transposingOther: true) }
      builder.output("y", y)
      builder.update(w, with: w.scaled(by: 0.5))
    }
    #expect(
      graph.description == """
        %0 = input x : [2, 3]
        %1 = parameter fc.weight : [4, 3]
        %2 = matrix-product{transposesA: false, transposesB: true}(%0, %1) : [2, 4]   fc
        %3 = scale{factor: 0.5}(%1) : [4, 3]
        output y = %2
        update %1 <- %3
        """)
  }

  @Test("simplification computes equal things once and drops what nobody reads")
  func simplification() throws {
    let graph = try Graph.trace { builder in
      let (x, y) = (builder.input("x", [3]), builder.input("unread", [3]))
      _ = (x * y).exponential
      builder.output("a", (x + x).exponential + builder.constant(2, [3]))
      builder.output("b", (x + x).exponential * builder.constant(2, [3]))
      builder.output("c", (x + x).scaled(by: 2) - (x + x).scaled(by: 3))
    }
    let simplified = graph.simplified
    try simplified.verify()
    #expect(
      simplified.nodes.compactMap { $0.primitive?.name }
        == ["add", "exponential", "add", "multiply", "scale", "scale", "subtract"])
    #expect(simplified.nodes.compactMap { $0.leaf?.name } == ["x", "unread"])
    let leaves = ["x": ReferenceArray([3], [0, 0.5, -1]), "unread": ReferenceArray([3], [1, 1, 1])]
    #expect(try Interpreter.outputs(of: simplified, leaves) == Interpreter.outputs(of: graph, leaves))
  }

  @Test("a loss must be a scalar, and what it does not depend on has the gradient 0")
  func gradientsOfOddCases() throws {
    let error = #expect(throws: TraceError.self) {
      _ = try Graph.trace { builder in
        let x = builder.input("x", [2])
        _ = builder.gradients(of: x + x, wrt: [x])
      }
    }
    #expect(error?.description == "gradients: the loss must be a scalar, and is [2]")
    let graph = try Graph.trace { builder in
      let (x, y) = (builder.input("x", [2]), builder.input("y", [3]))
      builder.output("g", builder.gradients(of: x.sum, wrt: [y])[0])
    }
    let leaves = ["x": ReferenceArray([2], [1, 2]), "y": ReferenceArray([3], [1, 2, 3])]
    #expect(try Interpreter.outputs(of: graph, leaves)["g"]?.scalars == [0, 0, 0])
  }

  @Test("a value used several times sums its gradients: d(x³ + x²)/dx = 3x² + 2x, and again 6x + 2")
  func gradientsAccumulate() throws {
    let graph = try Graph.trace { builder in
      let x = builder.input("x", [])
      let first = builder.gradients(of: x * x * x + x * x, wrt: [x])[0]
      builder.output("first", first)
      builder.output("second", builder.gradients(of: first, wrt: [x])[0])
    }
    let outputs = try Interpreter.outputs(of: graph, ["x": ReferenceArray([], [3])])
    #expect(outputs["first"]?.scalars == [33])
    #expect(outputs["second"]?.scalars == [20])
  }

  @Test(
    "a scalar that is two arguments has a gradient by each: d(x · x)/dx by the rule of a fused operation is 2x"
  )
  func scalarsAsTwoArguments() throws {
    let graph = try Graph.trace { builder in
      let x = builder.input("x", [])
      let y = builder.apply(FusedProduct(), x, x)
      builder.output("gradient", builder.gradients(of: y, wrt: [x])[0])
    }
    #expect(graph.nodes.contains { $0.primitive?.name == "alias" })
    #expect(try Interpreter.outputs(of: graph, ["x": ReferenceArray([], [3])])["gradient"]?.scalars == [6])
    let simplified = graph.simplified
    let executor = Executor(Plan(simplified))
    executor.write("x", [3])
    executor.run()
    #expect(executor.output("gradient").scalars == [6])
    #expect(!Plan(simplified).steps.contains { simplified.nodes[$0.node].primitive?.name == "alias" })
  }

  @Test("cost counts two operations a multiply-add, by parameter")
  func cost() throws {
    let graph = try Graph.trace { builder in
      let (x, w, b) = (
        builder.input("x", [5, 3]), builder.parameter("w", [4, 3]), builder.parameter("b", [4])
      )
      builder.output("y", builder.apply(Affine(hasBias: true), x, w, b).relu)
    }
    #expect(graph.flopsByParameter == ["w": 2 * 5 * 3 * 4])
    #expect(graph.flops == 2 * 5 * 3 * 4 + 5 * 4)
  }

  /// The gradient of a fused operation's own gradient must not run on into what its arguments were made from.
  @Test(
    "second derivatives of fused operations hold where their arguments depend on each other or are the same")
  func fusedArgumentsMayDepend() throws {
    let graph = try Graph.trace { builder in
      let x = builder.input("x", [1, 3, 4])
      let key = x.scaled(by: 0.5)
      let attended = x.attention(to: key, key.tanh, heads: 2).attention(to: x, x, heads: 1).gelu
      let loss = (attended * attended * x).sum
      let slope = (builder.gradients(of: loss, wrt: [x])[0] * builder.input("v", x.shape)).sum
      builder.output("slope", slope)
      builder.output("product", builder.gradients(of: slope, wrt: [x])[0])
    }
    var random = RandomStream(seed: 5, stream: .generation)
    func draw() -> ReferenceArray {
      ReferenceArray([1, 3, 4], (0..<12).map { _ in Double(random.uniform(from: -1, to: 1)) })
    }
    var leaves = ["x": draw(), "v": draw()]
    let product = try #require(Interpreter.outputs(of: graph, leaves)["product"])
    for place in 0..<12 {
      let step = 1e-5
      leaves["x"]?.scalars[place] += step
      let above = try #require(Interpreter.outputs(of: graph, leaves)["slope"]).scalars[0]
      leaves["x"]?.scalars[place] -= 2 * step
      let below = try #require(Interpreter.outputs(of: graph, leaves)["slope"]).scalars[0]
      leaves["x"]?.scalars[place] += step
      #expect(abs((above - below) / (2 * step) - product.scalars[place]) < 1e-6)
    }
  }
}

/// `a · b`, whose gradient comes from its definition.
private struct FusedProduct: FusedPrimitive {
  static let name = "fused-product"
  static let samples: [Sample] = []

  func outputs(for inputs: [ValueType]) throws(ShapeError) -> [ValueType] { [inputs[0]] }
  func definition(_ inputs: [Value]) -> [Value] { [inputs[0] * inputs[1]] }
  func kernel(for signature: Signature) -> Kernel { Multiply().kernel(for: signature) }
}
