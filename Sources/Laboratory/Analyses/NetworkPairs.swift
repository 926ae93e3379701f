import CoppiceStore
import CoppiceTensors
import CoppiceTerms

/// Which two networks of a sweep belong together.
public enum NetworkPairs: String, CaseIterable, Sendable {
  /// Copies of one network in two orders of the data: what an instability is measured of.
  case orders
  /// Two methods at one sparsity, from one seed.
  case methods
  /// One method from two seeds: other initial weights, another split, another order.
  case seeds
}

/// Two rounds of one kind of network.
struct NetworkPair {
  let one: AnalysisRound
  let other: AnalysisRound
  /// What is compared, in words: `magnitude, lottery-ticket`.
  let compared: String
  /// The steps that both networks have had in common, as far as the plan says.
  let sharedSteps: Int
  /// What the networks were trained by; that of the first.
  let regimen: Regimen

  /// The stage that measures the line between them.
  func stage(_ walk: ConnectivityWalk) -> ConnectivityStage {
    ConnectivityStage(
      regimen, between: [one.training, other.training], masks: [one.masks, other.masks], walk)
  }

  /// What was left when they were pruned, as it was asked for, so that rounds of equal sparsity stand at one place.
  var density: Double {
    let row = one.row
    let density = row.requestedSparsity.isFinite ? 1 - row.requestedSparsity : row.density
    return (density * 1e4).rounded() / 1e4
  }

  /// The pairs among some rounds, in the order of the index. Only results of trials take part. A pair of networks that
  /// several trials have, as the dense ones that every ladder begins with, counts once, with the first trial that prunes.
  static func all(_ rounds: [AnalysisRound], _ kind: NetworkPairs) -> [NetworkPair] {
    var places: [Specification: Int] = [:]
    var groups: [[AnalysisRound]] = []
    for round in rounds where round.isResult {
      guard let plan = round.plan else { continue }
      let key = kind.key(of: round, plan.trial)
      if let place = places[key] {
        groups[place].append(round)
      } else {
        places[key] = groups.count
        groups.append([round])
      }
    }
    var pairs: [NetworkPair] = []
    for group in groups {
      for (place, one) in group.enumerated() {
        pairs += group[(place + 1)...].compactMap { NetworkPair(one, $0, kind) }
      }
    }
    let isOfPruning = { (pair: NetworkPair) in pair.one.plan?.isDense == false }
    let pruned = Set(pairs.filter(isOfPruning).map(\.ends))
    var met: Set<[StageKey]> = []
    return pairs.filter { pair in
      (isOfPruning(pair) || !pruned.contains(pair.ends)) && met.insert(pair.ends).inserted
    }
  }

  private var ends: [StageKey] { [one.training, other.training] }

  /// `nil` where the rounds are no pair of this kind, or have other arrays or other data.
  private init?(_ one: AnalysisRound, _ other: AnalysisRound, _ kind: NetworkPairs) {
    guard one.training != other.training, let first = Self.training(of: one),
      let second = Self.training(of: other), first.quantisation == nil, second.quantisation == nil,
      let plan = one.plan, let otherPlan = other.plan
    else { return nil }
    let arrays = [first, second].map { stage in
      stage.regimen.model.declarations.map {
        [.text($0.name), .text("\($0.shape)")] as [Specification.Value]
      }
    }
    guard arrays[0] == arrays[1],
      first.regimen.data.specification == second.regimen.data.specification
    else { return nil }
    let orders = (plan.trial.dataOrder, otherPlan.trial.dataOrder)
    switch kind {
    case .orders:
      guard orders.0.number != orders.1.number,
        orders.0.number == 0 || orders.1.number == 0 || orders.0.start == orders.1.start
      else { return nil }
      compared = one.row.pairedMethod
      sharedSteps = max(
        first.way.order == 0 ? 0 : first.firstStep, second.way.order == 0 ? 0 : second.firstStep)
    case .methods:
      guard one.row.pairedMethod != other.row.pairedMethod else { return nil }
      compared = [one.row.pairedMethod, other.row.pairedMethod].sorted().joined(separator: " with ")
      sharedSteps = 0
    case .seeds:
      guard one.row.seed != other.row.seed else { return nil }
      compared = "\(one.row.pairedMethod), other seeds"
      sharedSteps = 0
    }
    (self.one, self.other, regimen) = (one, other, first.regimen)
  }

  private static func training(of round: AnalysisRound) -> TrainingStage? {
    round.plan?.stages.first { $0.key == round.training } as? TrainingStage
  }
}

extension NetworkPairs {
  /// What rounds have in common that may be a pair.
  fileprivate func key(of round: AnalysisRound, _ trial: Trial) -> Specification {
    var own = trial
    switch self {
    case .orders: own.dataOrder = .own
    case .seeds: own.seed = 0
    case .methods:
      return Specification(
        "methods", version: 1,
        [
          ("model", .component(trial.model.specification)), ("seed", .integer(trial.seed)),
          ("order", trial.dataOrder.specificationValue),
          ("sparsity", .integer(Int(exactly: (round.row.requestedSparsity * 1e6).rounded()) ?? -1)),
        ])
    }
    return Specification(
      "pairs", version: 1, [("trial", .component(own.specification)), ("round", .integer(round.index))])
  }
}

extension IndexRow {
  /// What tells its trial apart, seeds, sparsities and orders left out: `magnitude, lottery-ticket, random-mask`.
  fileprivate var pairedMethod: String {
    let told: Set = [
      "criterion", "granularity", "allocation", "schedule", "dynamics", "control", "sparsity", "rounds",
      "seed",
      "data-order", "retraining", "retraining-to",
    ]
    let further = settings.filter { !told.contains($0.name) }.map { "\($0.name) = \($0.value)" }
    return ([condition] + further).joined(separator: ", ")
  }
}
