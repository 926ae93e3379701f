import CoppiceCommand
import CoppiceExperiments

/// The `coppice` executable: the command line over the shipped experiments.
@main enum Main {
  static func main() { CoppiceCommandLine.main(experiments: Experiments.all) }
}
