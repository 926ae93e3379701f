import Coppice
import CoppiceReporting

/// What `advise` prints for a program.
extension AdviceReport {
  private typealias Members = [(name: String, value: JSON)]

  var json: String {
    let question = advice.question
    var members: Members = [("schema_version", .integer(1)), ("model", .text(question.model))]
    members.append(("bottleneck", .text(question.bottleneck.rawValue)))
    members.append(("target", .text(question.target.rawValue)))
    members.append(("tolerance", .number(question.tolerance)))
    members.append(("budget", Self.number(question.budget)))
    members.append(("summaries", .list(summaries.sources.map { JSON.text($0.name) })))
    members.append(("subjects", .list(advice.subjects.map(json))))
    members.append(("family", .text(ModelFamily.name(of: question.model))))
    members.append(("relatives", .list(advice.relatives.map(json))))
    members.append(("not_measured", .list(advice.notMeasured.map { JSON.text($0) })))
    return JSON.object(members)
  }

  private func json(_ subject: AdviceSubject) -> JSON {
    let choice = subject.choice
    let command = choice.flatMap { summaries.command(for: subject.points[$0]) }
    var members: Members = [("model", .text(subject.model)), ("dataset", .text(subject.dataset))]
    members.append(("machine", Self.text(subject.machine)))
    members.append(("cost", .text(subject.cost.name)))
    members.append(("cost_title", .text(subject.cost.title)))
    members.append(("cost_unit", .text(subject.cost.unit)))
    members.append(("dense_cost", Self.number(subject.denseCost)))
    members.append(("chosen_by", .text(subject.accuracy.name)))
    members.append(("rows", .integer(subject.rowCount)))
    members.append(("within_tolerance", .integer(subject.countWithin)))
    members.append(("recommended", Self.integer(choice)))
    members.append(("recommended_surely", Self.integer(subject.sureChoice)))
    members.append(("command", Self.text(command)))
    var gains: Members = []
    for kind in AdvicePoint.Kind.allCases {
      gains.append((kind.rawValue, Self.integer(subject.best { $0.kind == kind })))
    }
    members.append(("gains", .members(gains)))
    let front = Set(subject.front)
    let points = subject.points.indices.map { json(subject.points[$0], isOnFront: front.contains($0)) }
    members.append(("points", .list(points)))
    return .members(members)
  }

  private func json(_ point: AdvicePoint, isOnFront: Bool) -> JSON {
    var members: Members = [("experiment", .text(point.experiment)), ("network", .text(point.label))]
    members.append(("kind", .text(point.kind.rawValue)))
    members.append(("form", .text(point.form)))
    members.append(("untrained", .flag(point.isUntrained)))
    members.append(("sparsity", .number(point.sparsity)))
    members.append(("round", Self.integer(point.round)))
    members.append(("n", .integer(point.count)))
    for (name, sample) in [
      ("change", point.change), ("test_change", point.testChange), ("cost", point.cost),
    ] {
      members.append((name, Self.number(sample.mean)))
      members.append((name + "_ci95", Self.number(sample.confidenceHalfWidth)))
    }
    members.append(("share", Self.number(point.share.mean)))
    members.append(("extra_training", Self.number(point.extraTraining)))
    members.append(("trouble", .text(point.trouble)))
    members.append(("front", .flag(isOnFront)))
    members.append(("trials", .list(point.trials.map { JSON.text($0) })))
    return .members(members)
  }

  private static func number(_ value: Double?) -> JSON { value.map { .number($0) } ?? .null }
  private static func integer(_ value: Int?) -> JSON { value.map { .integer($0) } ?? .null }
  private static func text(_ value: String?) -> JSON { value.map { .text($0) } ?? .null }
}
