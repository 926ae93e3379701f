import CoppiceAutodiff
import CoppiceTensors

/// A model traced for a task, and the graphs it is trained, evaluated and scored with. Nothing here depends on weights.
package struct Network: Sendable {
  package let model: Model
  package let interface: Interface
  package let initializer: Initializer
  /// The trained parameters in order.
  package let declarations: [ParameterDeclaration]
  /// Arrays kept from step to step that are not trained, with their initial values.
  package let buffers: [(name: String, shape: Shape, initial: Float)]
  /// The parameters that have a sparse form where they are pruned.
  let sparsifiable: Set<String>

  /// Traces the model once to learn its parameters.
  ///
  /// - Throws: `TraceError` where the shapes of the model and the task do not go together.
  package init(_ model: Model, _ interface: Interface, initializer: Initializer? = nil) throws {
    self.model = model
    self.interface = interface
    self.initializer = initializer ?? model.initializer
    var declarations: [ParameterDeclaration] = []
    var buffers: [(name: String, shape: Shape, initial: Float)] = []
    let weightInitializer = self.initializer
    let graph = try Graph.trace { builder in
      let trace = ModelTrace(builder, isTraining: true, weightInitializer: weightInitializer)
      _ = Self.forward(model, interface, trace, batch: 1)
      declarations = trace.declarations
      buffers = trace.states
    }
    self.declarations = declarations
    self.buffers = buffers
    sparsifiable = graph.sparsifiable
  }

  /// The names of the prunable parameters.
  package var prunable: [String] { declarations.filter(\.isPrunable).map(\.name) }

  /// Freshly drawn parameters, a function of the seed alone.
  package func initialParameters(seed: UInt64) -> ParameterSet {
    ParameterSet(
      declarations.enumerated().map { ($1.name, $1.initializer.tensor($1.shape, seed: seed, ordinal: $0)) })
  }

  /// The buffers at their initial values.
  package var initialBuffers: ParameterSet {
    ParameterSet(buffers.map { ($0.name, Tensor(repeating: $0.initial, $0.shape)) })
  }

  /// Masks that keep every prunable weight.
  package var fullMasks: MaskSet {
    MaskSet(declarations.filter(\.isPrunable).map { ($0.name, Mask(keepingAll: $0.shape)) })
  }

  // MARK: Graphs

  /// One training step on a batch: forward, mean loss over the labelled rows, gradients, optimizer, masks. Leaves: `inputs`,
  /// `labels`, `learning_rate`, the optimizer's corrections, `mask/<name>`, `dropout_key`. Output: `loss`. A weight that runs
  /// sparse, and its moments, are the arrays of its survivors, and it has no mask.
  ///
  /// - Parameters:
  ///   - masked: the parameters that have masks; none in a dense training.
  ///   - sparse: those of them that run sparse.
  ///   - clipping: the greatest norm of the gradients of all survivors together, above which they are scaled down to it.
  package func trainingGraph(
    batch: Int, optimizer: Optimizer, masked: [String], sparse: SparseWeights = SparseWeights(),
    clipping: Double? = nil
  ) throws -> Graph {
    let forward = try Graph.trace { builder in
      let trace = ModelTrace(builder, isTraining: true, weightInitializer: initializer)
      builder.output("loss", meanLoss(trace, batch: batch))
    }
    return try Graph.trace { builder in
      let loss = builder.replay(forward, sparse: sparse.patterns)["loss"] ?? builder.constant(0)
      builder.output("loss", loss)
      let shapes = declarations.map { sparse.patterns[$0.name].map { [$0.count] } ?? $0.shape }
      let weights = zip(declarations, shapes).map { builder.parameter($0.name, $1) }
      var gradients = builder.gradients(of: loss, wrt: weights)
      let masks = declarations.map {
        masked.contains($0.name) && sparse.patterns[$0.name] == nil
          ? builder.input("mask/\($0.name)", $0.shape, .byte) : nil
      }
      if clipping != nil {
        // What is pruned has no part in the norm.
        gradients = zip(gradients, masks).map { gradient, mask in
          mask.map { gradient.masked(by: $0) } ?? gradient
        }
      }
      let scale = clipping.map { Self.clippingScale(gradients, Float($0)) } ?? builder.constant(1)
      let rate = builder.input("learning_rate", .scalar)
      let corrections = optimizer.corrections.map { builder.input($0.name, .scalar) }
      for (index, declaration) in declarations.enumerated() {
        let moments = optimizer.moments.map { builder.state("\($0):\(declaration.name)", shapes[index]) }
        let updated = builder.within(declaration.name) {
          optimizer.update(
            Optimizer.Update(
              builder: builder, weight: weights[index], gradient: gradients[index], moments: moments,
              mask: masks[index],
              learningRate: rate, gradientScale: scale, corrections: corrections))
        }
        for (leaf, value) in zip([weights[index]] + moments, updated) { builder.update(leaf, with: value) }
      }
    }.simplified
  }

  /// Loss and prediction of every label of a batch. Leaves: `inputs`, `labels`. Outputs: `loss` and, Int32, `prediction`,
  /// one a label; a label of −1 gives the loss 0.
  package func evaluationGraph(batch: Int, sparse: SparseWeights = SparseWeights()) throws -> Graph {
    let dense = try Graph.trace { builder in
      let trace = ModelTrace(builder, isTraining: false, weightInitializer: initializer)
      let logits = Self.forward(model, interface, trace, batch: batch)
      builder.output("loss", logits.softmaxCrossEntropy(labels(builder, batch: batch)))
      builder.output("prediction", builder.apply(ArgMax(), logits))
    }
    return try Graph.trace { builder in
      let outputs = builder.replay(dense, sparse: sparse.patterns)
      for (name, _) in dense.outputs {
        if let value = outputs[name] { builder.output(name, value) }
      }
    }.simplified
  }

  /// Mean loss of a batch and its gradient with respect to every parameter, in evaluation mode: what criteria that need
  /// gradients ask for. Outputs: `loss` and `gradient/<name>`.
  package func gradientGraph(batch: Int) throws -> Graph {
    try Graph.trace { builder in
      let trace = ModelTrace(builder, isTraining: false, weightInitializer: initializer)
      let loss = meanLoss(trace, batch: batch)
      builder.output("loss", loss)
      let weights = declarations.map { builder.parameter($0.name, $0.shape) }
      for (declaration, gradient) in zip(declarations, builder.gradients(of: loss, wrt: weights)) {
        builder.output("gradient/\(declaration.name)", gradient)
      }
    }.simplified
  }

  private static func forward(
    _ model: Model, _ interface: Interface, _ trace: ModelTrace, batch: Int
  ) -> Value {
    if batch < 1 { trace.builder.fail(model.name, "needs at least one example a batch, not \(batch)") }
    let shape = Shape([max(1, batch)] + interface.exampleShape.axes)
    let input = trace.builder.input("inputs", shape, interface.hasTokens ? .int32 : .float32)
    let logits = model.logits(input, interface, Scope(trace: trace, path: ""))
    let wanted: Shape = [batch * interface.labelsPerExample, interface.classes]
    if logits.shape != wanted {
      trace.builder.fail(model.name, "gives logits of shape \(logits.shape) where the task needs \(wanted)")
    }
    return logits
  }

  private func labels(_ builder: GraphBuilder, batch: Int) -> Value {
    builder.input("labels", [batch * interface.labelsPerExample], .int32)
  }

  private func meanLoss(_ trace: ModelTrace, batch: Int) -> Value {
    let logits = Self.forward(model, interface, trace, batch: batch)
    let labels = labels(trace.builder, batch: batch)
    return logits.softmaxCrossEntropy(labels).sum / trace.builder.apply(LabelCount(), labels)
  }

  /// `min(1, limit / norm)` of all gradients together, as PyTorch's `clip_grad_norm_` has it (with its 1e-6).
  private static func clippingScale(_ gradients: [Value], _ limit: Float) -> Value {
    let builder = gradients[0].builder
    let squares = gradients.map { ($0 * $0).sum }
    let norm = squares.dropFirst().reduce(squares[0], +).squareRoot
    return (builder.constant(limit) / norm.offset(by: 1e-6)).minimum(builder.constant(1))
  }
}
