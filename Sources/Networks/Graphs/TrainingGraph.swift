import CoppiceAutodiff
import CoppiceTensors

extension Network {
  /// One training step on a batch: forward, mean loss over the labelled rows and penalty, gradients, optimizer, masks. Leaves:
  /// `inputs`, `labels`, `learning_rate`, the optimizer's corrections, `mask/<name>`, `trained/<name>`, `dropout_key`, and under
  /// `teacher/` the parameters and buffers of a teacher. Output: `loss`. A weight that runs sparse, and its moments, are the arrays
  /// of its survivors, and it has no mask.
  ///
  /// - Parameters:
  ///   - masked: the parameters with one mask, which says what is active and what is trained; none in a dense training.
  ///   - apart: the parameters with two masks. The forward pass reads the product of weight and `mask/<name>`, the gradient is
  ///     taken with respect to that product, and where `trained/<name>` is 0 the weight and its moments keep their bits.
  ///   - teacher: the network whose logits the loss compares with, where it needs them.
  ///   - clipping: the greatest norm of all gradients together, above which they are scaled down to it. What is not trained has no
  ///     part in it.
  package func trainingGraph(
    batch: Int, optimizer: Optimizer, masked: [String], apart: [String] = [], loss: Loss = .crossEntropy,
    teacher: Network? = nil, clipping: Double? = nil
  ) throws -> Graph {
    let forward = try forward(batch: batch, isTraining: true)
    let guide =
      loss.needsTeacher && teacher?.interface == interface
      ? try teacher?.forward(batch: batch, isTraining: false) : nil
    let (masked, apart) = (Set(masked), Set(apart))
    return try Graph.trace { builder in
      // What the forward pass reads of each parameter with two masks: what gradients are taken with respect to.
      var products: [String: Value] = [:]
      let student = builder.replay(forward) { leaf, type in
        guard case .parameter(let name) = leaf, apart.contains(name) else { return nil }
        let mask = builder.input("mask/\(name)", type.shape, .byte)
        products[name] = builder.parameter(name, type.shape).masked(by: mask)
        return products[name]
      }
      if let teacher, teacher.interface != interface {
        builder.fail(loss.name, "needs a teacher for \(interface), not for \(teacher.interface)")
      }
      let labels = builder.labels(interface, batch: batch)
      let comparison = guide.map { guide in
        let teacher = builder.teacher(guide)
        return Loss.Guide(
          logits: teacher["logits"], activations: loss.activations(forward, student, guide, teacher))
      }
      let total = student.penalized(loss.mean(student.logits(builder), labels, guide: comparison))
      builder.output("loss", total)

      let trained = declarations.filter(\.isTrained)
      let weights = trained.map { builder.parameter($0.name, form(of: $0.name).leafShape($0.shape)) }
      var gradients = builder.gradients(of: total, wrt: zip(trained, weights).map { products[$0.name] ?? $1 })
      let masks = trained.map { declaration -> Value? in
        let name = declaration.name
        if apart.contains(name) { return builder.input("trained/\(name)", declaration.shape, .byte) }
        return masked.contains(name) && form(of: name) == .all
          ? builder.input("mask/\(name)", declaration.shape, .byte) : nil
      }
      if clipping != nil {
        gradients = zip(gradients, masks).map { gradient, mask in
          mask.map { gradient.masked(by: $0) } ?? gradient
        }
      }
      let scale = clipping.map { builder.clippingScale(gradients, Float($0)) } ?? builder.constant(1)
      let rate = builder.input("learning_rate", .scalar)
      let optimizers = TrainingOptimizers(optimizer, declarations)
      for correction in optimizers.corrections { _ = builder.input(correction.leaf, .scalar) }
      for (index, declaration) in trained.enumerated() {
        let own = optimizers.optimizer(of: declaration)
        let old =
          [weights[index]]
          + own.moments.map { builder.state("\($0):\(declaration.name)", weights[index].shape) }
        let factor = Float(declaration.training?.rateFactor ?? 1)
        if !(factor.isFinite && factor >= 0) {
          builder.fail(declaration.name, "is trained at \(factor) times the learning rate: take 0 or more")
        }
        let isApart = apart.contains(declaration.name)
        let new = builder.within(declaration.name) {
          let updated = own.update(
            Optimizer.Update(
              builder: builder, weight: old[0], rawGradient: gradients[index],
              moments: Array(old.dropFirst()),
              mask: isApart ? nil : masks[index], learningRate: factor == 1 ? rate : rate.scaled(by: factor),
              gradientScale: scale, isClipped: clipping != nil,
              corrections: optimizers.correctionLeaves(of: declaration).map { builder.input($0, .scalar) }))
          guard isApart, let mask = masks[index] else { return updated }
          return zip(updated, old).map { mask.selecting($0, else: $1) }
        }
        for (leaf, value) in zip(old, new) { builder.update(leaf, with: value) }
      }
    }.simplified
  }
}

extension Loss {
  /// What the layer that is compared gives in both networks; `nil` where nothing is, or one of them has no such layer.
  fileprivate func activations(
    _ forward: Graph, _ student: Replay, _ guide: Graph, _ teacher: Replay
  ) -> (student: Value, teacher: Value)? {
    guard let matched, let own = forward.activations(of: matched).flatMap({ student[$0] }),
      let other = guide.activations(of: matched).flatMap({ teacher[$0] })
    else { return nil }
    return (own, other)
  }
}

extension GraphBuilder {
  /// The labels of a batch, Int32 `[batch · labelsPerExample]`.
  func labels(_ interface: Interface, batch: Int) -> Value {
    input("labels", [batch.times(interface.labelsPerExample)], .int32)
  }

  /// A teacher on the same inputs. Its parameters and buffers are input leaves under `teacher/`: nothing moves them.
  func teacher(_ forward: Graph) -> Replay {
    replay(forward, prefix: "teacher/") { leaf, type in
      guard let name = leaf.name else { return nil }
      return input(name == "inputs" ? name : "teacher/\(name)", type.shape, type.element)
    }
  }

  /// `min(1, limit / norm)` of all gradients together, as PyTorch's `clip_grad_norm_` has it (with its 1e-6).
  fileprivate func clippingScale(_ gradients: [Value], _ limit: Float) -> Value {
    let squares = gradients.map { ($0 * $0).sum }
    guard let first = squares.first else { return constant(1) }
    let norm = squares.dropFirst().reduce(first, +).squareRoot
    return (constant(limit) / norm.offset(by: 1e-6)).minimum(constant(1))
  }
}
