import CoppiceNetworks
import CoppiceTerms

extension DistillationTeacher {
  /// Another model, trained as the trial trains its own: on the same examples, for as many steps, from the trial's seed. It is the dense
  /// network of the trial that differs from this one in its model alone, and made once for both.
  public static func trained(model: Model) -> DistillationTeacher {
    DistillationTeacher("trained", version: 1, fields: [("model", .component(model.specification))]) {
      course in
      let network = try Network(model, course.regimen.data.interface)
      let regimen = course.regimen.with(network)
      let stage = TrainingStage(regimen, source: .fresh(draw: 0), steps: regimen.total)
      return (course.add(stage), network)
    }
  }
}

extension Shipped<DistillationTeacher> {
  static let trained = Shipped(
    .trained(model: .lenet300100), "another model, trained on the trial's own examples"
  ) { fields in .trained(model: try fields.component("model", from: Model.catalogue)) }
}
