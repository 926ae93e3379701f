import CoppiceHDF5

/// How a stage ended. All but the first end the trials that need it.
package enum StageOutcome: Hashable, Sendable {
  /// Its outputs are there, and whatever comes next can go on from them.
  case made
  /// The masks leave no path from input to output: the layers in which nothing survives, if any.
  case collapsed([String])
  /// A number was not finite: which, and where it came from.
  case diverged(String)
  /// What must hold of every stage did not: what, where, why, and what to do.
  case broken(String)
  /// A stop rule ended it: which, and where.
  case stopped(String)

  /// Why its outputs are not to be built on or used again: what must hold did not; `nil` where they are.
  package var fault: String? { if case .broken(let fault) = self { fault } else { nil } }

  /// How a trial stands that ends with it; `nil` where the trial goes on.
  package var ending: TrialStatus? {
    switch self {
    case .made: nil
    case .collapsed: .collapsed
    case .diverged: .diverged
    case .broken: .failed
    case .stopped: .completed
    }
  }

  private var texts: (name: String, details: [String]) {
    switch self {
    case .made: ("made", [])
    case .collapsed(let layers): ("collapsed", layers)
    case .diverged(let place): ("diverged", [place])
    case .broken(let fault): ("broken", [fault])
    case .stopped(let rule): ("stopped", [rule])
    }
  }

  /// Writes the attributes `outcome` and, where there is more to say, `outcome_details`.
  func write(to root: HDF5Group) throws(HDF5Error) {
    try root.setAttribute("outcome", .text(texts.name))
    if !texts.details.isEmpty { try root.setAttribute("outcome_details", .texts(texts.details)) }
  }

  /// Reads what `write` wrote.
  ///
  /// Stages from before outcomes were stored told of an early end in their metadata; without any they were made.
  /// - Throws: `HDF5Error` where there is no outcome, or none of this program's.
  init(from root: HDF5Group, metadata: String) throws(HDF5Error) {
    let name = try root.attribute("outcome")?.text ?? (metadata == "{}" ? "made" : "none")
    var details: [String] = []
    if case .texts(let texts)? = try root.attribute("outcome_details") { details = texts }
    switch (name, details.first) {
    case ("made", _): self = .made
    case ("collapsed", _): self = .collapsed(details)
    case ("diverged", let place?): self = .diverged(place)
    case ("broken", let fault?): self = .broken(fault)
    case ("stopped", let rule?): self = .stopped(rule)
    default:
      throw HDF5Error(
        call: "read", file: root.file, object: "/@outcome", message: "bad outcome \(name)")
    }
  }
}
