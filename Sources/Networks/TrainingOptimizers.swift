/// The optimizers of one training: the trial's, and behind it those that parameters have of their own, each once.
struct TrainingOptimizers {
  private let all: [Optimizer]

  init(_ optimizer: Optimizer, _ declarations: [ParameterDeclaration]) {
    var all = [optimizer]
    for declaration in declarations where declaration.isTrained {
      if let own = declaration.training?.optimizer, !all.contains(own) { all.append(own) }
    }
    self.all = all
  }

  /// The place of a parameter's optimizer among them.
  private func place(of declaration: ParameterDeclaration) -> Int {
    declaration.training?.optimizer.flatMap(all.firstIndex) ?? 0
  }

  /// The optimizer of a parameter.
  func optimizer(of declaration: ParameterDeclaration) -> Optimizer { all[place(of: declaration)] }

  /// The input leaf of each correction `1 − baseᵗ`, and the base. Those of the trial's optimizer have their plain names.
  var corrections: [(leaf: String, base: Double)] {
    all.enumerated().flatMap { place, optimizer in
      optimizer.corrections.map { (Self.leaf($0.name, place), $0.base) }
    }
  }

  /// The input leaves of a parameter's corrections.
  func correctionLeaves(of declaration: ParameterDeclaration) -> [String] {
    let place = place(of: declaration)
    return all[place].corrections.map { Self.leaf($0.name, place) }
  }

  private static func leaf(_ correction: String, _ place: Int) -> String {
    place == 0 ? correction : "\(correction):\(place)"
  }

  /// The moments of some parameters, `velocity:fc1.weight`: kind by kind.
  func moments(of declarations: [ParameterDeclaration]) -> [(leaf: String, parameter: String)] {
    var kinds: [String] = []
    for kind in all.flatMap(\.moments) where !kinds.contains(kind) { kinds.append(kind) }
    return kinds.flatMap { kind in
      declarations.filter { $0.isTrained && optimizer(of: $0).moments.contains(kind) }.map {
        ("\(kind):\($0.name)", $0.name)
      }
    }
  }
}
