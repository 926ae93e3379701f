import Coppice
import CoppiceStore

extension TrialFailure {
  /// What JSON says of a trial that failed.
  var members: [(name: String, value: JSON)] {
    [("failure", .text(reason)), ("set_aside", .flag(isLasting))]
  }
}
