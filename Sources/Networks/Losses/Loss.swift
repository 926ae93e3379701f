import CoppiceAutodiff
import CoppiceTerms

/// What a training makes small: a number for each label. The loss of a batch is their mean over the labels that count. Each shipped
/// one stands in Losses/.
public struct Loss: Component {
  /// The name, the version and every field of the loss.
  public let specification: Specification
  /// Whether it compares with the logits of a second network. Evaluations, which have none, report the cross-entropy instead.
  public let needsTeacher: Bool
  /// The layer whose activations it compares in both networks; `nil` for a loss of logits alone. A training with such a loss has every
  /// weight masked-dense, because a sparse form has no activations of single layers.
  package let matched: MatchedLayer?
  private let rows: @Sendable (_ logits: Value, _ labels: Value, _ guide: Guide) -> Value

  /// What a teacher gives on the same batch.
  struct Guide {
    var logits: Value?
    /// The activations of the layer that is compared.
    var activations: (student: Value, teacher: Value)?
  }

  /// A loss of one's own.
  ///
  /// - Parameters:
  ///   - needsTeacher: whether `rows` is to be given the logits of a teacher.
  ///   - rows: from the logits `[labels, classes]`, Int32 labels `[labels]` and the teacher's logits to the loss of each label,
  ///     `[labels]`; it must be 0 where the label is −1 (`Value.oneHot(classes:)` helps).
  public init(
    _ name: String, version: Int? = nil, _ fields: [(name: String, value: Specification.Value)] = [],
    needsTeacher: Bool = false, rows: @escaping @Sendable (Value, Value, Value?) -> Value
  ) {
    specification = Specification(name, version: version, fields)
    self.needsTeacher = needsTeacher
    matched = nil
    self.rows = { rows($0, $1, $2.logits) }
  }

  /// A loss that compares what a layer gives in both networks.
  ///
  /// - Parameter rows: from logits, labels and the activations of student and teacher, which have one shape, to the loss of each label.
  init(
    _ name: String, version: Int, _ fields: [(name: String, value: Specification.Value)],
    matching layer: MatchedLayer,
    rows: @escaping @Sendable (_ logits: Value, _ labels: Value, _ student: Value, _ teacher: Value) -> Value
  ) {
    specification = Specification(name, version: version, fields)
    (needsTeacher, matched) = (true, layer)
    self.rows = { logits, labels, guide in
      guard let (student, teacher) = guide.activations else { return logits.builder.constant(0) }
      return rows(logits, labels, student, teacher)
    }
  }

  /// What an evaluation reports.
  var evaluated: Loss { needsTeacher ? .crossEntropy : self }

  /// The loss of each label, `[labels]`.
  func callAsFunction(_ logits: Value, _ labels: Value, guide: Guide? = nil) -> Value {
    if needsTeacher, guide == nil {
      logits.builder.fail(name, "needs a teacher, and there is none")
      return logits.builder.constant(0)
    }
    if matched != nil, let problem = problem(of: guide?.activations) {
      logits.builder.fail(name, problem)
      return logits.builder.constant(0)
    }
    let losses = logits.builder.naming(name) {
      rows(logits, labels, needsTeacher ? guide ?? Guide() : Guide())
    }
    if losses.shape != labels.shape {
      logits.builder.fail(name, "gives losses of shape \(losses.shape) for labels of shape \(labels.shape)")
    }
    return losses
  }

  /// The mean over the labels that count, a scalar.
  func mean(_ logits: Value, _ labels: Value, guide: Guide? = nil) -> Value {
    self(logits, labels, guide: guide).sum / labels.builder.apply(LabelCount(), labels)
  }

  /// Why these activations cannot be compared; `nil` where they can.
  private func problem(of activations: (student: Value, teacher: Value)?) -> String? {
    guard let (student, teacher) = activations else {
      return "compares a layer that one of the networks does not have: name one that both have, or last"
    }
    guard student.shape != teacher.shape else { return nil }
    return "compares activations of one shape, and they are \(student.shape) in the student and "
      + "\(teacher.shape) in the teacher: name a layer that is as wide in both"
  }
}

extension Value {
  /// 1 at the class of each label, else 0: Int32 labels `[labels]` to `[labels, classes]`. A label of −1, which does not count,
  /// gives a row of zeros.
  public func oneHot(classes: Int) -> Value { builder.apply(OneHot(classes: classes), self) }
}
