extension Course {
  /// A round of the ticket's weights under masks that are made by chance from the ticket's. Where weights are not rewound, it goes on
  /// from the control's own last round.
  mutating func retrained(
    _ ticket: Control.Ticket, underMasks likeness: RandomMaskStage.Likeness
  ) -> [(role: Round.Role, key: StageKey)] {
    let masks = add(
      RandomMaskStage(
        regimen, like: ticket.masks, in: likeness, granularity: trial.granularity, structure: structure))
    let control = add(retrained(ticket, from: controlled ?? dense, masks: masks))
    controlled = control
    return [(.masks, masks), (.training, control)]
  }

  /// A round of initial weights made in another way, under the ticket's masks, with all the steps that the ticket's weights have had.
  mutating func retrained(
    _ ticket: Control.Ticket, from way: Reinitialisation
  ) -> [(role: Round.Role, key: StageKey)] {
    let control = add(
      TrainingStage(
        regimen, source: .remade(way, draw: lastRemoval), masks: ticket.masks, steps: position,
        predecessor: spared, isCompacted: isCompacting, density: ticket.density))
    return [(.masks, ticket.masks), (.training, control)]
  }
}
