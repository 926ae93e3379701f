import CoppiceTensors

/// Finds how many weights are to survive so that what is left costs what is asked for. Fewer survivors cost no more, so that the two
/// numbers next to the aim are found by halving, and what comes nearer is taken.
struct CostSearch {
  let aim: CostAim
  /// How many weights survive now.
  let survivors: Int
  /// The quota that leaves so many, and the layers that a floor holds.
  let quota: (_ survivors: Int) throws -> (quota: Quota, held: [Int])
  /// The masks that a quota comes to.
  let masks: (Quota) throws -> MaskSet

  /// What a number of survivors comes to.
  private struct State {
    var quota: Quota
    var held: [Int]
    var cost: Double
  }

  private func state(_ survivors: Int) throws -> State {
    let (quota, held) = try quota(survivors)
    return State(quota: quota, held: held, cost: try aim.costUnder(masks(quota)))
  }

  /// The quota whose masks come nearest to the aim, and the layers that a floor holds.
  /// - Throws: `PruningError.costUnreachable` where the allocation lets nothing come so low.
  func found() throws -> (quota: Quota, held: [Int]) {
    var above = try state(survivors)
    guard above.cost > aim.cost else { return (above.quota, above.held) }
    var (low, high, below) = (0, survivors, State?.none)
    while high - low > 1 {
      let middle = low + (high - low) / 2
      var next: State?
      do { next = try state(middle) } catch {
        guard (error as? PruningError)?.isBound == true else { throw error }
      }
      if let next, next.cost > aim.cost {
        (high, above) = (middle, next)
      } else {
        low = middle
        if let next { below = next }
      }
    }
    guard let below else {
      if !aim.isCeiling, (above.cost - aim.cost).magnitude <= 1e-9 * above.cost {
        return (above.quota, above.held)
      }
      throw PruningError.costUnreachable(aim.cost, least: above.cost)
    }
    let best = try between(below, above).reduce(below) { best, other in
      aim.prefers(other.cost, to: best.cost) ? other : best
    }
    return (best.quota, best.held)
  }

  /// Both states, and, where each layer has a number of its own, those in which the first layers have the smaller number already.
  private func between(_ below: State, _ above: State) throws -> [State] {
    let (few, many): ([Int], [Int])
    let make: ([Int]) -> Quota
    switch (below.quota, above.quota) {
    case (.layers(let a), .layers(let b)): (few, many, make) = (a, b, Quota.layers)
    case (.rows(let a), .rows(let b)): (few, many, make) = (a, b, Quota.rows)
    default: return [above, below]
    }
    var (states, counts) = ([above], many)
    for place in few.indices where few[place] != many[place] {
      counts[place] = few[place]
      let quota = make(counts)
      states.append(State(quota: quota, held: below.held, cost: try aim.costUnder(masks(quota))))
    }
    return states + [below]
  }
}

extension PruningError {
  /// Whether it says that no fewer weights can survive.
  fileprivate var isBound: Bool {
    switch self {
    case .ratioOutOfRange, .unreachable, .floors: true
    default: false
    }
  }
}
