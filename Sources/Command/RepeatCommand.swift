import Coppice
import CoppiceStore

/// The command that makes a stored trial again, with its seeds.
struct RepeatCommand {
  /// The settings of a trial by name, each as `--set` takes it.
  private let settings: [(name: String, text: String)]
  /// The experiment it is of.
  private let experiment: String

  /// What a summary says of a trial; `nil` where it says nothing.
  init?(of trial: String, in configuration: String) {
    guard let json = JSON(parsing: configuration), case .text(let experiment)? = json["experiment"],
      let trial = json["trials"]?[trial]
    else { return nil }
    self.experiment = experiment
    settings = Settings.all.compactMap { setting in
      trial[setting.name].map { (setting.name, $0.specificationValue.description) }
    }
  }

  /// The words of the command; `nil` where this program has no such experiment.
  /// - Parameter name: what the results are called.
  func line(seeds: Int, name: String) -> String? {
    guard let known = try? ExperimentCatalogue.experiment(experiment), let cells = try? known.trials() else {
      return nil
    }
    // What a sweep varies is held at the trial's value; what a trial has besides is said too.
    let told = settings.filter { name, text in
      guard name != "seed", let setting = try? Settings.named(name) else { return false }
      return cells.contains { setting.value($0).description != text }
    }
    let words = [ProgramName.current, "run", experiment, "--seeds", "\(seeds)"]
    return ShellWord.line(words + told.flatMap { ["--set", "\($0)=\($1)"] } + ["--as", name])
  }
}
