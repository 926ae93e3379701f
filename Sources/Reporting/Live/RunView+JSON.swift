import CoppiceStore
import CoppiceTerms

extension RunView {
  /// The members of an object that says how an experiment stands: what `coppice watch --json` prints and the page of `coppice serve` draws.
  ///
  /// - Parameter now: seconds since 1970.
  package func members(of name: String, at now: Double) -> [(name: String, value: JSON)] {
    [
      ("schema_version", .integer(1)), ("name", .text(name)), ("planned", .integer(trials)),
      ("done", .integer(done)), ("left", .integer(left)),
      ("collapsed", .integer(count(.collapsed))), ("diverged", .integer(count(.diverged))),
      ("failed", .integer(failures.count)), ("is_at_work", .flag(isAtWork)),
      ("remaining", .number(remaining(at: now))), ("steps_per_second", .number(rate)),
      ("stages_made", .integer(madeStages)), ("steps_made", .number(madeSteps)),
      ("seconds_worked", .number(madeSeconds)), ("heard", .number(heard)), ("now", .number(now)),
      ("workers", .list(workersAtWork.map(\.json))), ("stages", .list(stages.map(\.json))),
      (
        "made",
        .list(made.map { .members([("trial", .text($0.trial)), ("losses", $0.losses.json)]) })
      ),
      (
        "finished",
        .list(
          finished.map {
            .members([
              ("trial", .text($0.trial)), ("status", .text($0.status)), ("accuracy", .number($0.accuracy)),
              ("time", .number($0.time)),
            ])
          })
      ),
      ("failures", .list(failures.map(\.json))), ("warnings", .list(warnings.map(\.json))),
      ("warning_count", .integer(warningCount)),
    ]
  }
}

extension RunView.Worker {
  fileprivate var json: JSON { .members([("host", .text(host)), ("process", .integer(Int(process)))]) }
}

extension RunView.Remark {
  fileprivate var json: JSON {
    .members([
      ("trial", .text(trial)), ("message", .text(message)), ("host", .text(worker.host)),
      ("process", .integer(Int(worker.process))), ("time", .number(time)),
    ])
  }
}

extension StageActivity {
  fileprivate var json: JSON {
    .members([
      ("stage", .text(key)), ("host", .text(worker.host)), ("process", .integer(Int(worker.process))),
      ("trial", .text(trial)), ("step", .integer(step)), ("total", .integer(total)),
      ("loss", .number(loss)), ("steps_per_second", .number(rate)), ("began", .number(began)),
      ("heard", .number(heard)), ("losses", losses.json),
    ])
  }
}

extension LossSeries {
  fileprivate var json: JSON {
    .list(zip(steps, losses).map { step, loss in .list([.number(step), .number(loss)]) })
  }
}

extension JSON {
  fileprivate static func integer(_ value: Int?) -> JSON { value.map(JSON.integer) ?? .null }
}
