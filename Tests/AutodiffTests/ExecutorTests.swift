import CoppiceAutodiff
import CoppiceTensors
import Testing

/// Running plans: threads change nothing, and what is not finite is named.
struct ExecutorTests {
  /// One training step of a small network on 64 examples: large enough that kernels are shared.
  private func training() throws -> Plan {
    let graph = try Graph.trace { builder in
      let (x, labels) = (builder.input("x", [64, 1, 12, 12]), builder.input("labels", [64], .int32))
      let parameters = [
        builder.parameter("w1", [8, 1, 3, 3]), builder.parameter("g1", [8]), builder.parameter("b1", [8]),
        builder.parameter("w2", [32, 200]), builder.parameter("b2", [32]), builder.parameter("w3", [10, 32]),
      ]
      let planes = x.convolution(parameters[0]).batchNormalized(gamma: parameters[1], beta: parameters[2]).y
      let rows = planes.relu.maxPooled(2).flattened(from: 1)
      let hidden = builder.apply(Affine(hasBias: true, rectifies: true), rows, parameters[3], parameters[4])
      let loss = builder.apply(Affine(hasBias: false), hidden, parameters[5]).softmaxCrossEntropy(labels).mean
      builder.output("loss", loss)
      let gradients = builder.gradients(of: loss, wrt: parameters)
      let norm = gradients.map(\.sumOfSquares).reduce(builder.constant(0), +).squareRoot
      let scale = (builder.constant(1) / norm).minimum(builder.constant(1))
      let update = SGDUpdate(momentum: 0.9, isNesterov: false, weightDecay: 1e-4, isMasked: false)
      for (index, (parameter, gradient)) in zip(parameters, gradients).enumerated() {
        let velocity = builder.state("v\(index)", parameter.shape)
        let moved = builder.applyAll(update, [parameter, gradient, velocity, builder.constant(0.5), scale])
        builder.update(parameter, with: moved[0])
        builder.update(velocity, with: moved[1])
      }
    }.simplified
    try graph.verify()
    return Plan(graph)
  }

  private func losses(_ plan: Plan, threads: Int, steps: Int, patience: Int? = nil) -> [UInt32] {
    let executor = Executor(plan, threads: threads, patience: patience)
    for (index, parameter) in plan.graph.parameters.enumerated() {
      var random = RandomStream(seed: 3, stream: .initialisation, substream: UInt32(index))
      executor.withFloats(parameter.name) { random.fillUniform($0, from: -0.3, to: 0.3) }
    }
    var random = RandomStream(seed: 3, stream: .generation)
    executor.withFloats("x") { random.fillUniform($0, from: -1, to: 1) }
    executor.write("labels", integers: (0..<64).map { _ in Int32(random.integer(below: 10)) })
    return (0..<steps).map { _ in
      executor.run()
      return executor.scalarOutput("loss").bitPattern
    }
  }

  @Test("a training step gives the same bits on one, two and three threads, and learns")
  func threadsChangeNothing() throws {
    let plan = try training()
    let expected = losses(plan, threads: 1, steps: 12)
    #expect(losses(plan, threads: 2, steps: 12) == expected)
    #expect(losses(plan, threads: 3, steps: 12) == expected)
    #expect(expected.map(Float.init(bitPattern:)).last ?? 9 < 0.9 * Float(bitPattern: expected[0]))
  }

  @Test("threads that fall asleep at every barrier wake up, and change nothing")
  func sleepChangesNothing() throws {
    let plan = try training()
    #expect(losses(plan, threads: 3, steps: 200, patience: 0) == losses(plan, threads: 1, steps: 200))
  }

  @Test("an update is made in place in a training step: no copies at the end")
  func trainingCopiesNothing() throws {
    #expect(try training().copies.isEmpty)
  }

  @Test("the first result that is not finite is named with its scope")
  func nonFiniteIsNamed() throws {
    let graph = try Graph.trace { builder in
      let x = builder.input("x", [3])
      let y = builder.within("block.1") { x.offset(by: 1) }
      let z = builder.within("block.2") { y.logarithm }
      builder.output("z", builder.within("block.3") { z * z })
    }
    let executor = Executor(Plan(graph))
    executor.write("x", [0, 1, 2])
    #expect(executor.runFindingNonFinite() == nil)
    executor.write("x", [0, -1, 2])
    #expect(executor.runFindingNonFinite() == "logarithm in block.2")
    executor.write("x", [0, -1, .nan])
    #expect(executor.runFindingNonFinite() == "offset in block.1")
  }

  @Test("every way of running a plan gives leaves their new values, copied or made in place")
  func everyRunEnds() throws {
    let plan = Plan(
      try Graph.trace { builder in
        let w = builder.parameter("w", [2])
        let previous = builder.state("previous", [2])
        builder.update(w, with: w.offset(by: 1))
        builder.update(previous, with: w)
      })
    #expect(!plan.copies.isEmpty)
    let executor = Executor(plan)
    executor.run()
    #expect(executor.leafTensor("previous").scalars == [0, 0])
    #expect(executor.runFindingNonFinite() == nil)
    #expect(executor.leafTensor("w").scalars == [2, 2])
    #expect(executor.leafTensor("previous").scalars == [1, 1])
    _ = executor.profile()
    #expect(executor.leafTensor("w").scalars == [3, 3])
    #expect(executor.leafTensor("previous").scalars == [2, 2])
  }

  @Test("states start at their initial values, parameters at 0")
  func initialValues() throws {
    let graph = try Graph.trace { builder in
      builder.output("y", builder.state("s", [2], initial: 3) + builder.parameter("w", [2]))
    }
    let executor = Executor(Plan(graph))
    executor.run()
    #expect(executor.output("y").scalars == [3, 3])
    #expect(executor.hasLeaf("s") && !executor.hasLeaf("y"))
  }

  @Test("a profile runs every step once")
  func profile() throws {
    let plan = try training()
    let executor = Executor(plan)
    #expect(executor.profile().count == plan.steps.count)
    #expect(executor.scalarOutput("loss") > 0)
  }
}
