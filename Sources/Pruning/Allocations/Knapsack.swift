/// The multiple-choice knapsack: of every group one option, so that the options together cost no more than a budget and lose least.
///
/// Group after group, the choices are kept of which none costs less and loses no more. So the answer is exact while there are at most
/// `exactStates` of them; beyond that, costs are told apart by a fraction of the budget, and of those in one part the choice that loses
/// least is kept.
package struct Knapsack {
  /// One of several ways.
  package struct Option: Hashable {
    package let cost: Double
    package let loss: Double

    package init(cost: Double, loss: Double) { (self.cost, self.loss) = (cost, loss) }
  }

  /// The options of every group, at least one each.
  package let groups: [[Option]]

  package init(groups: [[Option]]) { self.groups = groups }

  /// How many choices are kept at most.
  static let exactStates = 4_096

  /// A choice for the groups so far.
  private struct State {
    let cost: Double
    let loss: Double
    /// The choice for the groups before, by its place.
    let before: Int
    /// The option of the last group.
    let option: Int
  }

  /// The option of every group, by its place; `nil` where the cheapest cost more than the budget. Of choices that lose equally the
  /// cheapest is taken, and of equal ones the first.
  package func solved(budget: Double) -> [Int]? {
    // What the groups still to come cost at least.
    var rest = groups.reversed().reduce(into: [0.0]) { sums, options in
      sums.append((sums.last ?? 0) + (options.map(\.cost).min() ?? 0))
    }
    var steps: [[State]] = []
    var states = [State(cost: 0, loss: 0, before: 0, option: 0)]
    rest.removeLast()
    for options in groups {
      let most = budget - (rest.popLast() ?? 0)
      var next: [State] = []
      for (before, state) in states.enumerated() {
        for (index, option) in options.enumerated() where state.cost + option.cost <= most {
          next.append(
            State(
              cost: state.cost + option.cost, loss: state.loss + option.loss, before: before, option: index))
        }
      }
      states = Self.best(next, budget)
      guard !states.isEmpty else { return nil }
      steps.append(states)
    }
    var place = (steps.last?.count ?? 1) - 1
    var choice: [Int] = []
    for states in steps.reversed() {
      choice.append(states[place].option)
      place = states[place].before
    }
    return choice.reversed()
  }

  /// The states that none is as good as, by rising cost and falling loss.
  private static func best(_ states: [State], _ budget: Double) -> [State] {
    let order = states.sorted { a, b in
      if a.cost != b.cost { return a.cost < b.cost }
      if a.loss != b.loss { return a.loss < b.loss }
      return a.before == b.before ? a.option < b.option : a.before < b.before
    }
    var best: [State] = []
    for state in order where best.last.map({ state.loss < $0.loss }) ?? true { best.append(state) }
    guard best.count > exactStates, budget > 0 else { return best }
    var (coarse, part) = ([State](), -1)
    for state in best {
      let own = Int(Double(exactStates) * min(1, state.cost / budget))
      // The last of a part loses least.
      if own == part { coarse[coarse.count - 1] = state } else { coarse.append(state) }
      part = own
    }
    return coarse
  }
}
