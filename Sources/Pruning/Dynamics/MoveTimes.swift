import CoppiceTerms

/// Moments at equal intervals of a training: t₀, t₀ + Δt, …, t₀ + n·Δt, the last one at the end or less than Δt before.
struct MoveTimes: Sendable {
  /// The dynamics whose masks move then.
  let dynamics: String
  let begin: Budget
  let end: Budget
  let interval: Budget

  init(_ dynamics: String, from begin: Budget, to end: Budget, every interval: Budget) {
    (self.dynamics, self.begin, self.end, self.interval) = (dynamics, begin, end, interval)
  }

  /// The moves of the training that a moment is of.
  ///
  /// - Throws: where the training has no room for two moves, or is over before the last one.
  func moves(in moment: DynamicsMoment) throws -> DynamicsMoves {
    let (first, last) = (try moment.steps(begin), try moment.steps(end))
    let step = max(1, try moment.steps(interval))
    let count = (last - first) / step
    guard count >= 1 else {
      throw ComponentError.refused(
        "dynamics \(dynamics)",
        "from step \(first) to step \(last) there is no room for a move after \(step) steps; let it end later (to), begin "
          + "earlier (from) or move more often (every)")
    }
    guard last <= moment.total else {
      throw ComponentError.refused(
        "dynamics \(dynamics)",
        "it ends at step \(last) of a training of \(moment.total) steps, so its last move is never made; let it end earlier (to)"
      )
    }
    return DynamicsMoves(first: first, every: step, count: count + 1)
  }

  /// The number of the move of a moment, counted from 0, and that of the last one; `nil` where masks do not move.
  func place(of moment: DynamicsMoment) throws -> (move: Int, last: Int)? {
    let moves = try moves(in: moment)
    return moves.place(of: moment.step).map { ($0, moves.count - 1) }
  }
}
