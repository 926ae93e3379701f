import CoppiceAutodiff
import CoppiceTensors
import CoppiceTerms

/// A model traced for a task: one forward graph with its parameters and buffers, and what rewrites made of it. Training,
/// evaluation and probing are graphs made from it and a `Loss` (Graphs/). Nothing here depends on weights.
package struct Network: Sendable {
  /// A buffer: an array kept from step to step that is not trained.
  package typealias Buffer = (name: String, shape: Shape, initial: Float)
  /// Makes the forward graph of a batch of so many examples.
  typealias Forward = @Sendable (_ batch: Int, _ isTraining: Bool) throws -> Graph

  package let model: Model
  package let interface: Interface
  package let initializer: Initializer
  /// What was made of the model's own network, in order.
  package let rewrites: [any NetworkRewrite]
  /// The parameters in order.
  package let declarations: [ParameterDeclaration]
  /// The buffers with their initial values.
  package let buffers: [Buffer]
  /// What the leaf of a parameter holds where that is not all of it.
  package let forms: [String: WeightForm]
  /// The parameters that have a sparse form where they are pruned.
  let sparsifiable: Set<String>
  let trace: Forward

  /// Traces the model once to learn its parameters.
  ///
  /// - Throws: `TraceError` where the shapes of the model and the task do not go together.
  package init(_ model: Model, _ interface: Interface, initializer: Initializer? = nil) throws {
    let initializer = initializer ?? model.initializer
    let traced = try model.forward(interface, initializer, batch: 1, isTraining: true)
    self.init(
      model: model, interface: interface, initializer: initializer, rewrites: [],
      declarations: traced.declarations, buffers: traced.buffers, forms: [:],
      sparsifiable: traced.graph.sparsifiable
    ) { try model.forward(interface, initializer, batch: $0, isTraining: $1).graph }
  }

  init(
    model: Model, interface: Interface, initializer: Initializer, rewrites: [any NetworkRewrite],
    declarations: [ParameterDeclaration], buffers: [Buffer], forms: [String: WeightForm],
    sparsifiable: Set<String>, trace: @escaping Forward
  ) {
    self.model = model
    self.interface = interface
    self.initializer = initializer
    self.rewrites = rewrites
    self.declarations = declarations
    self.buffers = buffers
    self.forms = forms
    self.sparsifiable = sparsifiable
    self.trace = trace
  }

  /// The forward graph on a batch. Leaves: `inputs`, parameters, buffers and, while training, `dropout_key`. Outputs: `logits`
  /// `[batch · labelsPerExample, classes]` and, where there is one, `penalty`, a scalar that training adds to the loss.
  ///
  /// - Parameter isTraining: whether dropout drops and normalisations take the batch's statistics.
  package func forward(batch: Int, isTraining: Bool) throws -> Graph { try trace(batch, isTraining) }

  /// What it was made from.
  package var origin: Specification {
    let rewrites = rewrites.map { Specification.Value.component($0.specification) }
    return Specification(
      "network", version: 1,
      [
        ("model", .component(model.specification)), ("interface", .component(interface.specification)),
        ("initializer", .component(initializer.specification)),
      ] + (rewrites.isEmpty ? [] : [("rewrites", .list(rewrites))]))
  }

  /// What the leaf of a parameter holds.
  package func form(of name: String) -> WeightForm { forms[name] ?? .all }

  /// The names of the prunable parameters.
  package var prunable: [String] { declarations.filter(\.isPrunable).map(\.name) }

  /// Masks that keep every prunable weight, made anew: a byte for each.
  package var fullMasks: MaskSet {
    MaskSet(declarations.filter(\.isPrunable).map { ($0.name, Mask(keepingAll: $0.shape)) })
  }

  /// Freshly drawn parameters, a function of the seed alone.
  package func initialParameters(seed: UInt64) -> ParameterSet {
    initialParameters(seed: seed, declarations.indices)
  }

  /// Some of them, in the order of the declarations.
  package func initialParameters(seed: UInt64, _ ordinals: Range<Int>) -> ParameterSet {
    ParameterSet(
      ordinals.map { ordinal in
        let declared = declarations[ordinal]
        return (declared.name, declared.initializer.tensor(declared.shape, seed: seed, ordinal: ordinal))
      })
  }

  /// Some of its parameters, and those that are missing drawn afresh, in the order of the declarations.
  package func completed(_ parameters: ParameterSet, seed: UInt64) -> ParameterSet {
    var all = ParameterSet()
    for (ordinal, declared) in declarations.enumerated() {
      all[declared.name] =
        parameters[declared.name]
        ?? declared.initializer.tensor(declared.shape, seed: seed, ordinal: ordinal)
    }
    return all
  }

  /// The buffers at their initial values.
  package var initialBuffers: ParameterSet {
    ParameterSet(buffers.map { ($0.name, Tensor(repeating: $0.initial, $0.shape)) })
  }
}
