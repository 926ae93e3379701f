import CoppiceReporting
import CoppiceStore
import Testing

@Suite struct ComparabilityTests {
  /// A summary of trials with these members of their configuration.
  private func source(
    _ name: String?, _ trials: [(String, String)], provenance: String = #"{"numerics": 5}"#
  ) -> Comparability.Source {
    let members = trials.map { "\"\($0.0)\": {\($0.1)}" }.joined(separator: ", ")
    return .init(
      name: name, configuration: "{\"experiment\": \"e\", \"trials\": {\(members)}}", provenance: provenance)
  }

  private let base =
    #""dataset": {"name": "glyphs", "version": 1, "validation": 50}, "batch-size": 60, "model": {"name": "mlp", "version": 1}, "#

  private func rows(_ trials: [String], criterion: String = "magnitude", seeds: Int = 3) -> [IndexRow] {
    trials.flatMap { trial in
      (0..<seeds).map { seed in
        IndexRows.row(trial: trial, criterion: criterion, target: 0.5, seed: seed, accuracy: 0.9)
      }
    }
  }

  private func group(_ label: String, _ rows: [IndexRow]) -> Comparability.Group {
    .init(label, rows, seeds: Set(rows.map(\.seed)).count)
  }

  @Test func groupsThatDifferAreTold() throws {
    let comparability = Comparability([
      source(
        "a", [("t", base + #""training": "500it", "learning-rate": {"name": "constant", "rate": 0.1}"#)]),
      source(
        "b", [("t", base + #""training": "1000it", "learning-rate": {"name": "constant", "rate": 0.1}"#)],
        provenance: #"{"numerics": 4}"#),
    ])
    let groups = [group("one", rows(["a/t"])), group("other", rows(["b/t"], seeds: 2))]
    let findings = comparability.findings(groups, toldBy: ["criterion"])
    #expect(
      findings.map(\.sentence) == [
        "Not the same for all: training budget (training 500it: one; training 1000it: other).",
        "Not the same for all: version of the numerics (5: one; 4: other).",
        "Not the same for all: number of seeds (n = 3: one; n = 2: other).",
      ])
    // What labels name needs no note.
    #expect(
      comparability.findings(groups, toldBy: ["criterion", "training"]).map(\.aspect) == [.numerics, .seeds])
    #expect(comparability.findings([groups[0]], toldBy: []).isEmpty)
    #expect(comparability.mixed(groups[0].rows).isEmpty)
    #expect(comparability.mixed(groups[0].rows + groups[1].rows) == [.budget, .numerics])
  }

  /// Each aspect, and what is the same in spite of its text.
  @Test(arguments: [
    (
      #""optimizer": {"name": "sgd", "momentum": 0.9}"#, #""optimizer": {"name": "sgd", "momentum": 0.5}"#,
      "optimizer"
    ),
    (#""learning-rate": {"name": "a"}"#, #""learning-rate": {"name": "b"}"#, "learning rate"),
    (#""dataset": {"name": "d", "validation": 5}"#, #""dataset": {"name": "d", "validation": 6}"#, "split"),
    (#""model": {"name": "m", "width": 5}"#, #""model": {"name": "m", "width": 6}"#, "network size"),
    (
      #""retraining": {"name": "f", "for": "5it"}"#, #""retraining": {"name": "f", "for": "6it"}"#,
      "retraining"
    ),
    // Data sets, networks and retrainings of other names are told apart by their names.
    (#""dataset": {"name": "d"}"#, #""dataset": {"name": "e"}"#, ""),
    (#""model": {"name": "m"}"#, #""model": {"name": "n"}"#, ""),
    (#""retraining": {"name": "f"}"#, #""retraining": {"name": "none"}"#, ""),
    // A field that one file does not know, a version, and a setting that only one states.
    (#""optimizer": {"name": "sgd", "decay": 0.0}"#, #""optimizer": {"name": "sgd", "version": 3}"#, ""),
    (#""training": "5it", "rounds": null"#, #""training": "5it""#, ""),
  ])
  func aspects(one: String, other: String, aspect: String) {
    let comparability = Comparability([source("a", [("t", one)]), source("b", [("t", other)])])
    let findings = comparability.findings(
      [group("one", rows(["a/t"])), group("other", rows(["b/t"]))], toldBy: [])
    #expect(findings.map(\.aspect.rawValue) == (aspect.isEmpty ? [] : [aspect]))
  }

  @Test func dataAreComparedByTheirChecksums() {
    func provenance(_ digest: String) -> String {
      #"{"data": [{"dataset": "mnist", "variant": null, "files": [{"name": "a", "content_sha256": "\#(digest)"}]}]}"#
    }
    let comparability = Comparability([
      source("a", [("t", base)], provenance: provenance("0123456789")),
      source("b", [("t", base)], provenance: provenance("9876543210")),
    ])
    let findings = comparability.findings(
      [group("one", rows(["a/t"])), group("other", rows(["b/t"]))], toldBy: [])
    #expect(
      findings.map(\.sentence) == [
        "Not the same for all: data files (mnist 01234567: one; mnist 98765432: other)."
      ])
  }

  @Test func curvesAreMarkedAndCellsRefused() throws {
    let comparability = Comparability([
      source(nil, [("t", base + #""training": "5it""#), ("u", base + #""training": "6it""#)])
    ])
    var mixed = [
      IndexRows.row(trial: "t", target: 0.5, seed: 0, accuracy: 0.9),
      IndexRows.row(trial: "u", target: 0.8, seed: 0, accuracy: 0.8),
    ]
    let remarks = try CurveSet(mixed).remarks(comparability)
    #expect(remarks.marks == [0: " (mixed: training budget)"])
    #expect(remarks.sentences.count == 1 && remarks.sentences[0].contains("training 5it; training 6it"))
    var figure = try CurveSet(mixed).figure()
    figure.add(remarks)
    #expect(figure.lines[0].label.hasSuffix("(mixed: training budget)"))
    #expect(figure.caption.hasSuffix(remarks.sentences[0]))
    // Two seeds of one point.
    mixed.append(IndexRows.row(trial: "u", target: 0.5, seed: 1, accuracy: 0.9))
    #expect {
      try CurveSet(mixed).remarks(comparability)
    } throws: { error in
      guard case .mixedCell(_, "training budget", _)? = error as? ReportingError else { return false }
      return true
    }
  }

  @Test func whatASummaryDoesNotSayIsNotHeldAgainstIt() throws {
    for text in ["", "{}", "[1", #"{"trials": 3}"#, #"{"trials": {"t": 4, "u": {"training": }}}"#] {
      let comparability = Comparability([.init(name: nil, configuration: text, provenance: text)])
      #expect(comparability.mixed(rows(["t", "u"])).isEmpty)
      #expect(try CurveSet(IndexRows.grid()).remarks(comparability).sentences.isEmpty)
    }
  }
}
