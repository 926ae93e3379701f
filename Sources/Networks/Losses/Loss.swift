import CoppiceAutodiff
import CoppiceTerms

/// What a training makes small: a number for each label. The loss of a batch is their mean over the labels that count. Each shipped
/// one stands in Losses/.
public struct Loss: Component {
  /// The name, the version and every field of the loss.
  public let specification: Specification
  /// Whether it compares with the logits of a second network. Evaluations, which have none, report the cross-entropy instead.
  public let needsTeacher: Bool
  private let rows: @Sendable (_ logits: Value, _ labels: Value, _ teacher: Value?) -> Value

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
    self.rows = rows
  }

  /// What an evaluation reports.
  var evaluated: Loss { needsTeacher ? .crossEntropy : self }

  /// The loss of each label, `[labels]`.
  func callAsFunction(_ logits: Value, _ labels: Value, teacher: Value? = nil) -> Value {
    if needsTeacher, teacher == nil {
      logits.builder.fail(name, "needs a teacher, and there is none")
      return logits.builder.constant(0)
    }
    let losses = logits.builder.naming(name) { rows(logits, labels, needsTeacher ? teacher : nil) }
    if losses.shape != labels.shape {
      logits.builder.fail(name, "gives losses of shape \(losses.shape) for labels of shape \(labels.shape)")
    }
    return losses
  }

  /// The mean over the labels that count, a scalar.
  func mean(_ logits: Value, _ labels: Value, teacher: Value? = nil) -> Value {
    self(logits, labels, teacher: teacher).sum / labels.builder.apply(LabelCount(), labels)
  }
}

extension Value {
  /// 1 at the class of each label, else 0: Int32 labels `[labels]` to `[labels, classes]`. A label of −1, which does not count,
  /// gives a row of zeros.
  public func oneHot(classes: Int) -> Value { builder.apply(OneHot(classes: classes), self) }
}
