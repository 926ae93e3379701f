extension Invariant {
  /// Counted from what was made.
  static let controlSteps = Invariant(
    "control-steps",
    "A control has had no fewer steps than its ticket.",
    round: { sight in
      guard let (control, ticket) = sight.steps else { return nil }
      return control >= ticket
        ? .held : .broken("the control has had \(control) steps, and its ticket \(ticket)")
    })
}
