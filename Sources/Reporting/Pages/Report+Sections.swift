import CoppiceStore
import CoppiceTerms

/// A part of a page under a heading.
struct ReportSection {
  let id: String
  let title: String
  let content: (inout HTML) -> Void

  func write(_ page: inout HTML) {
    page.begin("section", ["id": id, "aria-labelledby": "\(id)-title"])
    page.element("h2", ["id": "\(id)-title"], title)
    content(&page)
    page.end()
  }
}

extension Report {
  /// The sections there is something to say in.
  var sections: [ReportSection] {
    [
      ReportSection(id: "figures", title: "Figures", content: figures),
      ReportSection(id: "results", title: "Results", content: results),
      surroundings.claims.map { claims in
        ReportSection(id: "claims", title: "Claims") { Self.claims(claims, &$0) }
      },
      ReportSection(id: "checklist", title: "Checklist", content: checklist),
      ReportSection(id: "protocol", title: "Protocol", content: protocolSection),
      analyses.isEmpty ? nil : ReportSection(id: "analyses", title: "Analyses", content: analyses),
      learning.isEmpty
        ? nil : ReportSection(id: "learning", title: "Learning curves", content: learningSection),
      ReportSection(id: "trials", title: "Trials", content: trials),
      ReportSection(id: "invariants", title: "Invariants", content: invariants),
      ReportSection(id: "provenance", title: "Provenance", content: provenance),
      ReportSection(id: "commands", title: "Commands", content: commands),
    ].compactMap { $0 }
  }

  private func figures(_ page: inout HTML) {
    page.element(
      "p", ["class": "hint"],
      "Point at a figure to read its values, or focus it and use the arrow keys; Enter lists the trials of a point. The buttons below "
        + "a figure hide and show curves, in all figures of this section."
    )
    page.element("div", ["id": "explorer"])
    page.begin("noscript")
    page.element("p", [:], "Without scripts the page shows this one figure, and no tables of results.")
    if let figure = try? curves.figure(generator: surroundings.generator) {
      page.verbatim("div", ["class": "paper"], figure.svg)
    }
    page.end()
  }

  private func results(_ page: inout HTML) {
    page.element(
      "p", ["class": "hint"],
      "What coppice table prints: mean ± half-width of the \(Band.ci95.name ?? "") over n seeds; Δ dense is paired by seed. "
        + "Headings sort; the field filters by words and by conditions such as sparsity>80.")
    page.element("div", ["id": "results-table"])
  }

  private static func claims(_ claims: Table, _ page: inout HTML) {
    page.element(
      "p", ["class": "hint"],
      "What the experiment was expected to show, written before it was run. A claim is reproduced where the 95 % interval lies inside "
        + "what is expected, and refuted where it lies wholly outside.")
    page.table(
      "Claims and what came of them", claims.columns.map(\.heading),
      claims.rows.map { row in
        claims.columns.indices.map { claims.display(claims.cell(row, $0), claims.columns[$0]) }
      })
  }

  private func checklist(_ page: inout HTML) {
    page.element(
      "p", ["class": "hint"],
      "After the appendix of D. Blalock et al., \u{201C}What is the state of neural network pruning?\u{201D}, MLSys 2020, and what later "
        + "papers ask for. Ticked by what is in the file: \(checklist.metCount) of \(checklist.items.count).")
    page.begin("ul", ["class": "checklist"])
    for item in checklist.items {
      page.begin("li", ["class": item.isMet ? "met" : "unmet"])
      page.element("span", ["class": "mark", "aria-hidden": "true"], item.isMet ? "✓" : "✗")
      page.begin("span")
      page.element("strong", [:], item.name)
      page.element("span", ["class": "verdict"], item.isMet ? " yes: " : " no: ")
      page.element("span", [:], item.reason)
      page.end()
      page.end()
    }
    page.end()
  }

  private func protocolSection(_ page: inout HTML) {
    let counts = [
      "\(sweep.trialCount) trials, of which \(sweep.denseCount) dense",
      "seeds \(sweep.seeds.map(String.init).joined(separator: ", "))",
    ]
    page.element("p", [:], counts.joined(separator: "; ") + ".")
    if !sweep.varied.isEmpty {
      page.table(
        "What the sweep varies", ["setting", "values, and how many trials have each"],
        sweep.varied.map { setting in
          [setting.name, setting.varied.map { "\($0.text) (\($0.count))" }.joined(separator: "; ")]
        })
    }
    if !sweep.shared.isEmpty {
      page.table(
        "What all pruned trials share", ["setting", "value", "meaning"],
        sweep.shared.map { [$0.name, $0.text, surroundings.settings[$0.name] ?? ""] })
    }
    page.table("Data", ["set", "file", "bytes", "SHA-256 of the contents"], data)
  }

  /// One line a file.
  private var data: [[String]] {
    guard case .list(let sets)? = provenance?["data"] else { return [] }
    return sets.flatMap { set -> [[String]] in
      let name = [set["dataset"]?.plain, set["variant"]?.plain].compactMap { $0 }.joined(separator: ", ")
      let sizes = ["training", "test"].compactMap { part in set[part]?.plain.map { "\($0) \(part)" } }
      guard case .list(let files)? = set["files"], !files.isEmpty else {
        return [[name, "made by the program: \(sizes.joined(separator: ", "))", "", ""]]
      }
      return files.map { file in
        [
          name, file["name"]?.plain ?? "", (file["content_bytes"] ?? file["bytes"])?.plain ?? "",
          (file["content_sha256"] ?? file["sha256"])?.plain ?? "",
        ]
      }
    }
  }

  private func analyses(_ page: inout HTML) {
    for analysis in analyses {
      page.element("h3", [:], "\(analysis.title.prefix(1).uppercased())\(analysis.title.dropFirst())")
      if !analysis.description.isEmpty { page.element("p", [:], analysis.description) }
      page.element("div", ["id": "analysis-\(analysis.name)"])
    }
  }

  private func learningSection(_ page: inout HTML) {
    page.element("div", ["id": "learning-figures"])
  }

  private func trials(_ page: inout HTML) {
    page.element(
      "p", ["class": "hint"],
      "Choose a trial to see its settings, its rounds and, where its file was there, its layers and invariants."
    )
    if !rows.constants.isEmpty {
      page.element(
        "p", ["class": "hint"],
        "In every row: " + rows.constants.map { "\($0.heading) \($0.text)" }.joined(separator: ", ") + ".")
    }
    page.element("div", ["id": "trials-table"])
  }

  private func invariants(_ page: inout HTML) {
    let records = surroundings.details.flatMap(\.rounds).flatMap(\.invariants)
    guard !records.isEmpty else {
      page.element(
        "p", [:],
        "What must hold of every round is tested while a trial runs, and a trial in which it is broken has failed. The page was made "
          + "without the files of the trials, which say it of each round; \(failed == 0 ? "no" : "\(failed)") "
          + "\(failed == 1 ? "trial" : "trials") of the summary failed.")
      return
    }
    let known = surroundings.invariants.map(\.name)
    let names = known + Set(records.map(\.name)).subtracting(known).sorted()
    page.table(
      "What must hold of every round, and in how many rounds it did",
      ["invariant", "what holds", "held", "broken"],
      names.compactMap { name -> [String]? in
        let found = records.filter { $0.name == name }
        guard !found.isEmpty else { return nil }
        let statement = surroundings.invariants.first { $0.name == name }?.statement ?? ""
        return [name, statement, "\(found.count(where: \.isHeld))", "\(found.count { !$0.isHeld })"]
      })
    for fault in records.compactMap(\.fault) { page.element("p", ["class": "fault"], fault) }
  }

  private func provenance(_ page: inout HTML) {
    guard case .members(let members)? = provenance else {
      return page.element("p", [:], "The summary does not say where it comes from.")
    }
    page.table(
      "Where, when and with what it was computed", ["name", "value"],
      members.filter { $0.name != "data" }.map { [$0.name.replacing("_", with: " "), $0.value.plain ?? "–"] })
  }

  private func commands(_ page: inout HTML) {
    page.begin("dl", ["class": "commands"])
    for command in surroundings.commands {
      page.element("dt", [:], command.purpose)
      page.begin("dd")
      page.element("code", [:], command.line)
      page.end()
    }
    page.end()
  }
}
