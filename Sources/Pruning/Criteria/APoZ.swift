import CoppiceTerms

extension Criterion {
  /// 1 − APoZ: how often a unit gives anything but 0, as a share of examples and positions. Units that are mostly 0 go first. One
  /// score a unit, as `meanActivation` has it.
  ///
  /// H. Hu, R. Peng, Y.-W. Tai, C.-K. Tang, "Network trimming: a data-driven neuron pruning approach towards efficient deep
  /// architectures", 2016: the average percentage of zeros behind the rectifier. The paper removes what lies more than one standard
  /// deviation above the mean of its layer, and trains in between; how many go is the allocation's here. Without a rectifier hardly
  /// anything is ever 0, so that such units go last.
  public static let apoz = Criterion(
    "apoz", version: 1, needs: .evidence(.outputActivity), scoresUnits: true,
    requires: { try $0.requireRows("apoz") }
  ) { context in try context.scoreRows(from: .outputActivity) }
}

extension Shipped<Criterion> {
  static let apoz = Shipped(
    .apoz, "how often a unit's output is not 0: one minus the average percentage of zeros",
    paper: "Hu et al. 2016")
}
