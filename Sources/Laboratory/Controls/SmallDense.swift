import CoppiceTerms

extension Control {
  /// A small dense network with as many parameters as the ticket has left: is pruning a large network better than training a small one?
  ///
  /// It is the ticket's network made narrower: of every family of channels, hidden units and heads the same share stays, at least one,
  /// so that its parameters come as near as whole units can. It is drawn afresh at its size and has all the steps that the ticket has
  /// had. What it came to, the columns of its row say.
  ///
  /// M. Zhu, S. Gupta, "To prune, or not to prune: exploring the efficacy of pruning for model compression", 2017, compare large sparse
  /// networks with small dense ones of equal parameters.
  public static let smallDenseEqualParameters = smallDense("small-dense-equal-parameters", .parameters)

  /// `smallDenseEqualParameters` with as many floating-point operations as the ticket has left, those of its surviving weights.
  public static let smallDenseEqualFLOPs = smallDense("small-dense-equal-flops", .flops)

  private static func smallDense(_ name: String, _ cost: SmallDenseStage.Cost) -> Control {
    Control(name, version: 1) { course, ticket in
      guard try !SmallDenseStage.units(of: course.regimen.model).isEmpty else {
        throw PlanError.controlWithoutWidth(name, course.regimen.model.model)
      }
      let masks = course.add(SmallDenseStage(course.regimen, like: ticket.masks, in: cost))
      let control = course.add(course.drawnSmall(under: masks, density: ticket.density))
      return [(.masks, masks), (.training, control)]
    }
  }
}

extension Shipped<Control> {
  static let smallDenseEqualParameters = Shipped(
    .smallDenseEqualParameters, "a narrower dense network with as many parameters, drawn afresh",
    paper: "Zhu and Gupta 2017")

  static let smallDenseEqualFLOPs = Shipped(
    .smallDenseEqualFLOPs, "a narrower dense network with as many floating-point operations, drawn afresh",
    paper: "Zhu and Gupta 2017")
}
