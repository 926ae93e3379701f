import Coppice
import CoppiceBenchmarks
import CoppiceReporting

extension StepProfile {
  /// What was profiled, in a sentence.
  var heading: String {
    "\(model), \(parameters) parameters, batch \(batch), density \(density), one thread: \(NumberText.fixed(seconds * 1e3, decimals: 3)) ms a "
      + "training step (medians of \(steps) steps)"
  }

  var table: Table {
    Table(
      columns: [
        .init(name: "primitive"), .init(name: "calls", format: .integer),
        .init(name: "microseconds", heading: "µs", format: .decimal(1)),
        .init(name: "share", heading: "share (%)", format: .percent(1)),
        .init(name: "gflops", heading: "GFLOP/s", format: .decimal(1)),
        .init(name: "scopes", heading: "most in (µs)"),
      ],
      rows: lines.map { line in
        let scopes = line.scopes.prefix(3).map { scope in
          "\(scope.path.isEmpty ? "loss" : scope.path) \(NumberText.fixed(scope.seconds * 1e6, decimals: 1))"
        }
        return [
          .text(line.primitive), .number(Double(line.calls)), .number(line.seconds * 1e6),
          .number(line.seconds / seconds), .optional(line.gflops), .text(scopes.joined(separator: ", ")),
        ]
      })
  }

  var json: String {
    let rows = lines.map { line in
      JSON.members([
        ("primitive", .text(line.primitive)), ("calls", .integer(line.calls)),
        ("microseconds", .number(line.seconds * 1e6)), ("share", .number(line.seconds / seconds)),
        ("gflops", line.gflops.map(JSON.number) ?? .null),
        (
          "scopes",
          .list(
            line.scopes.map {
              .members([("scope", .text($0.path)), ("microseconds", .number($0.seconds * 1e6))])
            })
        ),
      ])
    }
    return JSON.object([
      ("schema_version", .integer(1)), ("model", .text(model)), ("parameters", .integer(parameters)),
      ("batch", .integer(batch)),
      ("density", .number(density)), ("steps", .integer(steps)), ("microseconds", .number(seconds * 1e6)),
      ("rows", .list(rows)),
    ])
  }
}

extension StepProfile.Line {
  /// Floating-point operations a nanosecond; `nil` for what only moves numbers.
  fileprivate var gflops: Double? { flops > 0 && seconds > 0 ? Double(flops) / seconds / 1e9 : nil }
}
