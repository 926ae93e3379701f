import CoppiceReporting
import CoppiceStore
import CoppiceTerms
import CoppiceTestSupport
import Foundation
import Testing

@Suite struct ReportTests {
  /// A summary of these rows, with a setting that varies and one that does not.
  static func summary(
    _ rows: [IndexRow], experiment: String = "made", analyses: [NamedTable] = []
  ) throws -> Summary {
    var met: Set<String> = []
    var trials: [String: Any] = [:]
    for row in rows where met.insert(row.trial).inserted {
      trials[row.trial] = [
        "criterion": ["name": row.criterion, "version": 1], "batch-size": 60, "seed": row.seed,
        "dataset": ["name": row.dataset, "validation": 5000],
      ]
    }
    let configuration: [String: Any] = [
      "experiment": experiment, "question": "Which of \(experiment) wins?", "trials": trials,
    ]
    let provenance: [String: Any] = [
      "tool": "coppice 0.1.0", "command": "coppice run made", "git_commit": "abc", "git_dirty": false,
      "processor": "a processor", "system": "a system",
      "data": [
        [
          "dataset": "glyphs", "training": 100, "test": 50, "differences": [] as [String],
          "files": [["name": "a.gz", "bytes": 3, "sha256": "0123abcd"]],
        ]
      ],
    ]
    func text(_ object: [String: Any]) throws -> String {
      String(
        decoding: try JSONSerialization.data(withJSONObject: object, options: .sortedKeys), as: UTF8.self)
    }
    return Summary(
      experiment: experiment, configuration: try text(configuration), provenance: try text(provenance),
      rows: rows, analyses: analyses)
  }

  static func page(
    _ summary: Summary, _ change: (inout Report.Surroundings) -> Void = { _ in }
  ) throws -> String {
    var surroundings = Report.Surroundings(name: summary.experiment)
    surroundings.generator = "coppice test"
    surroundings.show = "coppice show made/"
    surroundings.commands = [.init("The run", "coppice run made")]
    change(&surroundings)
    return try Report(summary, surroundings).html
  }

  /// What the page's script reads.
  static func data(_ page: String) throws -> [String: Any] {
    let text = try #require(page.split(separator: #"id="data">"#).last?.split(separator: "</script>").first)
    return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test func equalResultsGiveEqualBytes() throws {
    let summary = try Self.summary(IndexRows.grid())
    #expect(try Self.page(summary) == Self.page(summary))
  }

  /// Nothing is fetched: no address but the names of the specifications that text is in.
  @Test func readsNoOtherFile() throws {
    let page = try Self.page(try Self.summary(IndexRows.grid()))
    let addresses = page.matches(of: /https?:\/\/[^"' )<]+/).map { String($0.0) }
    #expect(Set(addresses).isSubset(of: ["http://www.w3.org/2000/svg"]), "\(addresses)")
    for attribute in ["src=", "@import", "url(http", "<link", "<iframe"] {
      #expect(!page.contains(attribute), "\(attribute)")
    }
    #expect(page.contains("default-src &#39;none&#39;"))
  }

  static let hostile = "</script><img src=x onerror=window.injected=1>'\"&<!--"

  /// Whatever is called so stays text, in the page and in what its script reads.
  static func hostilePage() throws -> String {
    let name = hostile
    let rows = IndexRows.grid().map { row in
      var row = row
      if row.criterion == "random" { row.criterion = name }
      row.trial += name
      (row.model, row.stoppedBy) = (name, name)
      row.settings = [.init(name, .text(row.criterion))]
      return row
    }
    let analysis = NamedTable(
      "found", title: name, description: name,
      columns: [
        .init("who", name, texts: [name, "other"]), .init(Quantity("x", name), numbers: [1, 2]),
        .init(Quantity("y"), numbers: [0.5, .nan]),
      ], drawing: .init("y", against: "x", by: ["who"]))
    return try page(try summary(rows, experiment: name, analyses: [analysis])) { surroundings in
      surroundings.commands = [.init(name, name)]
      surroundings.claims = Table(columns: [.init(name: "claim", heading: name)], rows: [[.text(name)]])
      surroundings.details = [
        TrialDetail(
          rounds: [
            .init(
              1, layers: [LayerRecord(name: name, parameters: 4, nonzero: 2, isPrunable: true)],
              invariants: [InvariantRecord(name, fault: name)])
          ], log: TrialLog(trial: rows[0].trial, rounds: []))
      ]
    }
  }

  @Test func noTextBreaksOut() throws {
    let page = try Self.hostilePage()
    #expect(page.matches(of: /<script/).count == 2)
    #expect(page.matches(of: /<\/script/).count == 2)
    #expect(!page.contains("<img") && !page.contains("<!--"))
    let data = try Self.data(page)
    let settings = try #require(data["settings"] as? [[String: Any]])
    let criteria = try #require(settings.first { $0["n"] as? String == "criterion" }?["t"] as? [String])
    #expect(criteria.contains { $0.contains(Self.hostile) })
    let analyses = try #require(data["analyses"] as? [[String: Any]])
    let columns = try #require((analyses[0]["table"] as? [String: Any])?["c"] as? [[String: Any]])
    #expect(columns[0]["h"] as? String == Self.hostile)
  }

  /// One aggregation: the means and edges of the page are those of the table, to the bit.
  @Test func numbersAreTheTables() throws {
    let rows = IndexRows.grid()
    let page = try Self.page(try Self.summary(rows))
    let text = try #require(page.split(separator: #"id="data">"#).last?.split(separator: "</script>").first)
    let curves = try #require(JSON(parsing: String(text))?["curves"])
    let measures = list(curves["measures"]).map { $0["n"]?.text }
    #expect(measures.first == "\"test_accuracy\"" && measures.contains("\"test_loss\""))
    let drawn = list(curves["curves"])
    let set = try CurveSet(rows)
    #expect(drawn.map { $0["label"]?.text } == set.curves.map { JSON.text($0.label).text })
    for (found, curve) in zip(drawn, set.curves) {
      #expect(list(found["cells"]).count == curve.cells.count)
      for (found, cell) in zip(list(found["cells"]), curve.cells) {
        let values = list(list(found["v"]).first).map { Double($0.text) ?? .nan }
        let sample = cell.sample("test_accuracy")
        let band = try #require(Band.ci95.bounds(of: sample, within: 0...1))
        let (least, greatest) = (sample.minimum ?? .nan, sample.maximum ?? .nan)
        #expect(values == [sample.mean ?? .nan, 3, 3, band.low, band.high, least, greatest])
        // Each point knows its rows.
        let places = list(found["r"]).compactMap { Int($0.text) }
        #expect(places.map { rows[$0].trial } == cell.rows.map(\.trial))
      }
    }
  }

  private func list(_ value: JSON?) -> [JSON] { if case .list(let values)? = value { values } else { [] } }

  @Test func theProtocolSaysWhatIsSharedAndWhatVaries() throws {
    let page = try Self.page(try Self.summary(IndexRows.grid())) {
      $0.settings = ["batch-size": "Examples of a step."]
    }
    #expect(page.contains("magnitude (6); random (6)"))
    #expect(page.contains(">batch-size</th>\n<td>60</td>\n<td>Examples of a step.</td>"))
    #expect(page.contains("15 trials, of which 3 dense; seeds 0, 1, 2."))
    #expect(page.contains("<td>0123abcd</td>"))
    #expect(page.contains("<code>coppice run made</code>"))
  }

  /// Invariants, layers and what was logged come from the files of the trials.
  @Test func aTrialHasItsLayers() throws {
    let rows = IndexRows.grid()
    let trial = try #require(rows.first { $0.criterion == "magnitude" })
    func evaluations(_ last: Double) -> [Evaluation] {
      [10, 20].map { Evaluation(step: $0, [(.validationAccuracy, Double($0) / 20 * last)]) }
    }
    let detail = TrialDetail(
      rounds: [
        .init(
          1,
          layers: [LayerRecord(name: "fc.weight", parameters: 10, nonzero: 2, isPrunable: true)],
          invariants: [InvariantRecord("kept"), InvariantRecord("broken", fault: "it broke")])
      ],
      log: TrialLog(
        trial: trial.trial, rounds: [.init(1, series: Series(), evaluations: evaluations(0.75))]))
    let summary = try Self.summary(rows)
    let page = try Self.page(summary) {
      $0.details = [detail]
      $0.invariants = [("kept", "It is kept.")]
    }
    let data = try Self.data(page)
    let details = try #require(data["details"] as? [String: Any])
    let names = rows.map(\.trial).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    let place = try #require(names.firstIndex(of: trial.trial))
    let rounds = try #require((details["trials"] as? [String: [[String: Any]]])?["\(place)"])
    #expect(rounds[0]["n"] as? [Int] == [2])
    #expect(page.contains("<td>It is kept.</td>\n<td>1</td>\n<td>0</td>"))
    #expect(page.contains("it broke"))
    let learning = try #require((data["learning"] as? [[String: Any]])?.first)
    let lines = try #require(learning["lines"] as? [[String: Any]])
    #expect((lines[0]["points"] as? [[Any]])?.compactMap { $0[1] as? Double } == [0.375, 0.75])
    // Without the files the page says so.
    #expect(try Self.page(summary).contains("without the files of the trials"))
  }

  @Test func withoutRowsThereIsNoPage() throws {
    #expect(throws: ReportingError.noRows) { try Self.page(try Self.summary([])) }
  }

  @Test(.enabled(if: Browser.python != nil, "Python and Chromium"))
  func chromiumReadsAHostilePage() throws {
    let folder = try TemporaryFolder()
    let file = folder.file("hostile.html")
    try Data(try Self.hostilePage().utf8).write(to: URL(fileURLWithPath: file))
    let outcome = try #require(Browser.check(file))
    #expect(outcome.status == 0, "\(outcome.output)")
  }

  /// 5,000 trials of a thousand configurations, on one page.
  @Test(.enabled(if: Browser.python != nil, "Python and Chromium"))
  func fiveThousandTrialsOpenInTime() throws {
    var rows: [IndexRow] = []
    for seed in 0..<5 {
      rows.append(
        IndexRows.row(criterion: "none", schedule: "none", target: 0, seed: seed, round: 0, accuracy: 0.9))
      for place in 0..<999 {
        let target = 0.1 * Double(1 + place % 9)
        var row = IndexRows.row(
          criterion: "method-\(place / 9)", target: target, seed: seed,
          accuracy: 0.9 - 0.001 * Double(place % 100) - 0.01 * Double(seed))
        row[metric: .flopsNonzero] = 1e6 * (1 - target)
        rows.append(row)
      }
    }
    let page = try Self.page(try Self.summary(rows))
    let folder = try TemporaryFolder()
    let file = folder.file("large.html")
    try Data(page.utf8).write(to: URL(fileURLWithPath: file))
    let outcome = try #require(Browser.check(file, ["--within", "3000"]))
    #expect(outcome.status == 0, "\(outcome.output)")
  }
}
