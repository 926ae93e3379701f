import Coppice
import CoppiceBenchmarks
import CoppiceReporting

/// What `profile` prints and draws.
struct NetworkProfileReport {
  private let profile: NetworkProfile
  private let title: String

  init(_ profile: NetworkProfile, of title: String) { (self.profile, self.title) = (profile, title) }

  /// What is called once.
  private var call: String {
    let examples = "\(profile.batch) \(profile.batch == 1 ? "example" : "examples")"
    return profile.isTraining ? "a training step of \(examples)" : "inference of \(examples)"
  }

  // MARK: For a person

  func text(top: Int, width: Int?) -> String {
    let rates = profile.roofline.levels.map {
      "\(Self.fixed($0.bandwidth / 1e9, 0)) GB/s in \(Self.size($0.bytes))"
    }
    var parts = [
      "\(title): \(call), one thread\nattainable: \(Self.fixed(profile.roofline.peak / 1e9, 0)) GFLOP/s, "
        + rates.joined(separator: ", "),
      forms.text(width: width),
    ]
    let disturbed = profile.forms.filter { $0.profile.whole > 1.5 * $0.profile.seconds }
    if !disturbed.isEmpty {
      parts.append(
        "whole calls of \(disturbed.map(\.name).joined(separator: ", ")) took much longer than their steps: something else ran "
          + "meanwhile; profile again")
    }
    parts += profile.forms.map { form in
      "\(form.name): \(form.profile.calls.count) steps of the plan, medians of \(form.profile.runs) runs\n"
        + table(form, top: top).text(width: width)
    }
    return parts.map { $0.hasSuffix("\n") ? String($0.dropLast()) : $0 }.joined(separator: "\n\n")
  }

  /// One line a form: whole calls beside the sum of their steps, and what is held.
  private var forms: Table {
    Table(
      columns: [
        .init(name: "form", isName: true),
        .init(name: "whole", heading: "whole call (ms)", format: .decimal(4)),
        .init(name: "sum", heading: "sum of steps (ms)", format: .decimal(4)),
        .init(name: "speed_up", heading: "times as fast", format: .decimal(2)),
        .init(name: "flops", heading: "MFLOPs", format: .decimal(3)),
        .init(name: "moved", heading: "moved (MB)", format: .decimal(3)),
        .init(name: "leaves", heading: "weights, inputs (MB)", format: .decimal(3)),
        .init(name: "arena", heading: "in between (MB)", format: .decimal(3)),
        .init(name: "scratch", heading: "scratch (MB)", format: .decimal(3)),
      ],
      rows: profile.forms.map { form in
        let found = form.profile
        return [
          .text(form.name), .number(found.whole * 1e3), .number(found.seconds * 1e3),
          speedUp(form).map(Table.Cell.number) ?? .missing, .number(Double(found.flops) / 1e6),
          .number(Double(found.bytes) / 1e6), .number(Double(found.memory.leaves) / 1e6),
          .number(Double(found.memory.arena) / 1e6), .number(Double(found.memory.scratch) / 1e6),
        ]
      })
  }

  /// How many times as fast as the first form a whole call is.
  private func speedUp(_ form: NetworkProfile.Form) -> Double? {
    guard let dense = profile.forms.first, form.profile.whole > 0 else { return nil }
    return dense.profile.whole / form.profile.whole
  }

  private func table(_ form: NetworkProfile.Form, top: Int) -> Table {
    let lines = profile.lines(form)
    let sum = form.profile.seconds
    var rows: [[Table.Cell]] = lines.prefix(top).map { line in
      [
        .text(Self.layer(line)), .text(line.primitive), .number(Double(line.calls)),
        .number(line.seconds * 1e3), .number(line.seconds / sum), .number(Double(line.flops) / 1e6),
        .number(Double(line.bytes) / 1e3), .optional(line.flopRate.map { $0 / 1e9 }),
        .optional(line.byteRate.map { $0 / 1e9 }), .optional(line.attainable.map { $0 / 1e9 }),
        .optional(line.attained), .text(Self.bound(line)),
      ]
    }
    let rest = lines.dropFirst(top)
    if !rest.isEmpty {
      let seconds = rest.reduce(0) { $0 + $1.seconds }
      rows.append([
        .text("\(rest.count) more"), .missing, .number(Double(rest.reduce(0) { $0 + $1.calls })),
        .number(seconds * 1e3), .number(seconds / sum),
        .number(Double(rest.reduce(0) { $0 + $1.flops }) / 1e6),
        .number(Double(rest.reduce(0) { $0 + $1.bytes }) / 1e3), .missing, .missing, .missing, .missing,
        .missing,
      ])
    }
    return Table(
      columns: [
        .init(name: "layer", isName: true), .init(name: "primitive", isName: true),
        .init(name: "calls", format: .integer),
        .init(name: "milliseconds", heading: "ms", format: .decimal(4)),
        .init(name: "share", heading: "share (%)", format: .percent(1)),
        .init(name: "flops", heading: "MFLOPs", format: .decimal(3)),
        .init(name: "bytes", heading: "moved (KB)", format: .decimal(1)),
        .init(name: "gflops", heading: "GFLOP/s", format: .decimal(1)),
        .init(name: "gbytes", heading: "GB/s", format: .decimal(1)),
        .init(name: "attainable", heading: "attainable GFLOP/s", format: .decimal(1)),
        .init(name: "attained", heading: "attained (%)", format: .percent(0)),
        .init(name: "bound", heading: "bound by"),
      ], rows: rows)
  }

  private static func layer(_ line: NetworkProfile.Line) -> String { line.scope.isEmpty ? "–" : line.scope }

  private static func bound(_ line: NetworkProfile.Line) -> String {
    switch line.bound {
    case .arithmetic: "arithmetic"
    case .memory(let level): "memory, \(size(level.bytes))"
    }
  }

  /// Bytes of a working set, as people say it.
  private static func size(_ bytes: Int) -> String {
    bytes < 1 << 20 ? "\(bytes >> 10) KB" : "\(bytes >> 20) MB"
  }

  private static func fixed(_ value: Double, _ decimals: Int) -> String {
    NumberText.fixed(value, decimals: decimals)
  }

  // MARK: For a program

  /// The profile as JSON, every line of every form.
  var json: String {
    JSON.object([
      ("schema_version", .integer(1)), ("subject", .text(title)), ("batch", .integer(profile.batch)),
      ("training", .flag(profile.isTraining)), ("threads", .integer(1)),
      ("peak_flops_per_second", .number(profile.roofline.peak)),
      (
        "bandwidths",
        .list(
          profile.roofline.levels.map {
            .members([("bytes", .integer($0.bytes)), ("bytes_per_second", .number($0.bandwidth))])
          })
      ),
      ("forms", .list(profile.forms.map(json))),
    ])
  }

  private func json(_ form: NetworkProfile.Form) -> JSON {
    let found = form.profile
    return .members([
      ("form", .text(form.name)), ("runs", .integer(found.runs)), ("seconds", .number(found.whole)),
      ("seconds_of_steps", .number(found.seconds)), ("flops", .integer(found.flops)),
      ("bytes_moved", .integer(found.bytes)), ("bytes_of_leaves", .integer(found.memory.leaves)),
      ("bytes_in_between", .integer(found.memory.arena)),
      ("bytes_of_scratch", .integer(found.memory.scratch)),
      (
        "rows",
        .list(
          profile.lines(form).map { line in
            .members([
              ("layer", .text(line.scope)), ("primitive", .text(line.primitive)),
              ("calls", .integer(line.calls)), ("seconds", .number(line.seconds)),
              ("share", .number(line.seconds / found.seconds)), ("flops", .integer(line.flops)),
              ("bytes", .integer(line.bytes)), ("flops_per_second", Self.number(line.flopRate)),
              ("bytes_per_second", Self.number(line.byteRate)),
              ("attainable_flops_per_second", Self.number(line.attainable)),
              ("attained", Self.number(line.attained)), ("bound", .text(Self.bound(line))),
            ])
          })
      ),
    ])
  }

  private static func number(_ value: Double?) -> JSON { value.map(JSON.number) ?? .null }

  // MARK: As a picture

  /// The roofline with every layer and primitive that computes.
  func figure(command: String, generator: String) -> RooflineFigure {
    let hidden = profile.forms.map { form -> String in
      let lines = profile.lines(form).filter { $0.flopRate == nil }
      let share = lines.reduce(0) { $0 + $1.seconds } / max(1e-12, form.profile.seconds)
      return "\(form.name) \(Self.fixed(share * 100, 1)) %"
    }
    return RooflineFigure(
      title: "\(title): \(call)", peak: profile.roofline.peak,
      memories: profile.roofline.levels.map {
        .init(name: "working set of \(Self.size($0.bytes))", bandwidth: $0.bandwidth)
      },
      groups: profile.forms.map { form in
        RooflineFigure.Group(
          label: "\(form.name), \(Self.fixed(form.profile.whole * 1e3, 3)) ms",
          points: profile.lines(form).map { line in
            RooflineFigure.Point(
              flops: Double(line.flops), bytes: Double(line.bytes), seconds: line.seconds,
              note: "\(Self.layer(line)), \(line.primitive): \(Self.fixed(line.seconds * 1e6, 1)) µs, "
                + "\(Self.fixed(line.seconds / form.profile.seconds * 100, 1)) % of the steps")
          })
      },
      caption:
        "One point a layer and primitive. One thread, \(Self.fixed(profile.roofline.peak / 1e9, 0)) GFLOP/s at most. "
        + "What only moves numbers has no place here: of the time, \(hidden.joined(separator: ", ")).",
      command: command, generator: generator)
  }
}
