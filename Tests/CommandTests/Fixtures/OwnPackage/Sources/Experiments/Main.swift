import Coppice
import CoppiceCommand

extension Experiment {
  static let mine = Experiment(
    "mine", question: "Does magnitude beat random?",
    base: Trial(model: .mlp([100]), dataset: .glyphs, training: .iterations(500))
  ) {
    Axis(\.criterion, [.magnitude, .random, .growth])
    Axis(\.sparsity, [0.5, 0.75, 0.9])
    Axis(\.seed, 0..<3)
  }
}

@main enum Main {
  static func main() { CoppiceCommandLine.main(experiments: [.mine], criteria: [.growth]) }
}
