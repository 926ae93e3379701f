import CoppiceLaboratory
import CoppiceNetworks
import CoppiceStore

/// Where the time and the memory of a network go before and after compression: each of its forms step by step, beside what this
/// processor could attain.
package struct NetworkProfile: Sendable {
  /// One form of the network.
  package struct Form: Sendable {
    /// `dense`, `sparse`, `compacted`.
    package let name: String
    package let profile: ExecutionProfile

    package init(name: String, profile: ExecutionProfile) { (self.name, self.profile) = (name, profile) }
  }

  /// All calls of one primitive in one layer.
  package struct Line: Sendable {
    package let scope: String
    package let primitive: String
    package let calls: Int
    package let seconds: Double
    package let flops: Int
    package let bytes: Int
    /// Seconds that they would take at what the processor can do.
    package let leastSeconds: Double
    /// The limit that takes the most of those.
    package let bound: Roofline.Bound
  }

  /// Examples at once.
  package let batch: Int
  /// Whether it is a training step that was profiled.
  package let isTraining: Bool
  package let roofline: Roofline
  /// The dense form first.
  package let forms: [Form]

  package init(batch: Int, isTraining: Bool, roofline: Roofline, forms: [Form]) {
    (self.batch, self.isTraining, self.roofline, self.forms) = (batch, isTraining, roofline, forms)
  }

  /// Profiles inference in every form, each for so many seconds.
  package init(inferenceOf forms: MeasuredForms, batch: Int, seconds: Double) throws {
    let found = try forms.evaluators(batch: batch, threads: 1)
    self.init(
      batch: batch, isTraining: false, roofline: .measured(seconds: seconds / 10),
      forms: found.map { Form(name: $0.form.rawValue, profile: $0.evaluator.profile(for: seconds)) })
  }

  /// Profiles training steps in every form, each for so many seconds.
  package init(
    trainingOf forms: MeasuredForms, batch: Int, optimizer: Optimizer, loss: Loss, seconds: Double
  ) throws {
    let found = try forms.trainers(batch: batch, optimizer: optimizer, loss: loss)
    self.init(
      batch: batch, isTraining: true, roofline: .measured(seconds: seconds / 10),
      forms: found.map { Form(name: $0.form.rawValue, profile: $0.trainer.profile(for: seconds)) })
  }

  /// The calls of a form by layer and primitive, those that take longest first.
  package func lines(_ form: Form) -> [Line] {
    var places: [[String]: Int] = [:]
    var groups: [[ExecutionProfile.Call]] = []
    for call in form.profile.calls {
      let key = [call.scope, call.primitive]
      if let place = places[key] {
        groups[place].append(call)
      } else {
        places[key] = groups.count
        groups.append([call])
      }
    }
    let lines = groups.map { Line($0, roofline) }
    // Equal times keep the order in which they run.
    return lines.indices.sorted { (lines[$1].seconds, $0) < (lines[$0].seconds, $1) }.map { lines[$0] }
  }
}

extension NetworkProfile.Line {
  fileprivate init(_ calls: [ExecutionProfile.Call], _ roofline: Roofline) {
    (scope, primitive) = (calls[0].scope, calls[0].primitive)
    self.calls = calls.count
    seconds = calls.reduce(0) { $0 + $1.seconds }
    flops = calls.reduce(0) { $0 + $1.flops }
    bytes = calls.reduce(0) { $0 + $1.bytes }
    let least = calls.map { roofline.leastSeconds(flops: $0.flops, bytes: $0.bytes) }
    leastSeconds = least.reduce(0, +)
    let longest = zip(calls, least).max { $0.1 < $1.1 }?.0 ?? calls[0]
    bound = roofline.bound(flops: longest.flops, bytes: longest.bytes)
  }

  /// Floating-point operations a second; `nil` for what only moves numbers.
  package var flopRate: Double? { flops > 0 && seconds > 0 ? Double(flops) / seconds : nil }

  /// Bytes a second.
  package var byteRate: Double? { bytes > 0 && seconds > 0 ? Double(bytes) / seconds : nil }

  /// Floating-point operations a second that the processor could attain on it; `nil` for what only moves numbers.
  package var attainable: Double? { flops > 0 && leastSeconds > 0 ? Double(flops) / leastSeconds : nil }

  /// The share of what is attainable that it attains. It may be above 1: a convolution is counted by its definition, and Winograd's form
  /// multiplies less.
  package var attained: Double? { seconds > 0 && leastSeconds > 0 ? leastSeconds / seconds : nil }
}
