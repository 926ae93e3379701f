import CoppiceStore
import CoppiceTerms

extension Report {
  /// The page, as an HTML file.
  package var html: String {
    var page = HTML()
    page.begin("html", ["lang": "en"])
    head(&page)
    page.begin("body")
    page.element("a", ["class": "skip", "href": "#figures"], "Skip to the figures")
    header(&page)
    page.begin("main")
    for section in sections { section.write(&page) }
    page.end()
    footer(&page)
    page.verbatim("script", ["type": "application/json", "id": "data"], script.scriptText)
    page.verbatim("script", ["nonce": Self.nonce], PageScript.text)
    page.end()
    page.end()
    return "<!DOCTYPE html>\n" + page.text
  }

  /// What marks the one script of the page as its own: no other runs, and no attribute of an element.
  private static let nonce = "coppice"

  private func head(_ page: inout HTML) {
    page.begin("head")
    page.void("meta", ["charset": "utf-8"])
    page.void(
      "meta",
      [
        "http-equiv": "Content-Security-Policy",
        "content":
          "default-src 'none'; style-src 'unsafe-inline'; script-src 'nonce-\(Self.nonce)'; img-src data:",
      ])
    page.void("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
    page.void("meta", ["name": "color-scheme", "content": "light dark"])
    page.void("meta", ["name": "generator", "content": surroundings.generator])
    page.element("title", [:], "\(surroundings.name): report")
    page.verbatim("style", [:], PageStyle.text)
    page.end()
  }

  private func header(_ page: inout HTML) {
    page.begin("header")
    page.element("p", ["class": "kind"], "Report of an experiment")
    page.element("h1", [:], surroundings.name)
    if !question.isEmpty { page.element("p", ["class": "question"], question) }
    page.element("p", ["class": "facts"], facts.joined(separator: " · "))
    page.begin("nav", ["aria-label": "Sections"])
    page.begin("ul")
    for section in sections {
      page.begin("li")
      page.element("a", ["href": "#\(section.id)"], section.title)
      page.end()
    }
    page.end()
    page.end()
    page.end()
  }

  /// What a reader wants to know first.
  private var facts: [String] {
    let seeds = sweep.seeds.count
    return [
      curves.subject.joined(separator: " on "),
      "\(sweep.trialCount) \(sweep.trialCount == 1 ? "trial" : "trials")",
      "\(seeds) \(seeds == 1 ? "seed" : "seeds")",
      "\(checklist.metCount) of \(checklist.items.count) points of the field's checklist",
    ].filter { !$0.isEmpty }
  }

  private func footer(_ page: inout HTML) {
    page.begin("footer")
    page.element(
      "p", [:],
      "Made by \(surroundings.generator) from summary.h5. Means are over seeds; a page, a table and a plot of one summary have the "
        + "same numbers.")
    page.end()
  }

  /// What the script draws.
  var script: JSON {
    .members([
      ("curves", curves.script(measures, costs: costs, places: rows.places)),
      ("costs", .texts(costs.map(\.name))), ("band", .text(Band.ci95.name ?? "")),
      ("results", results), ("rows", rows.table.script),
      ("shown", .texts(rows.shown(measures.first?.name ?? ""))), ("last", .list(rows.last.map(JSON.integer))),
      ("settings", .list(sweep.settings.map(\.script))),
      ("details", surroundings.details.script(rows.trials)),
      ("analyses", .list(analyses.map(Self.script))), ("learning", .list(learning.map(\.script))),
      ("show", .text(surroundings.show)),
    ])
  }

  /// The table that `coppice table` prints.
  private var results: JSON {
    let metrics = [Metric.testAccuracy, .testLoss].map(\.name).filter { measures.map(\.name).contains($0) }
    return (try? curves.table(of: metrics.isEmpty ? [Metric.density.name] : metrics))?.script ?? .null
  }

  /// The table of an analysis with its figure: that of curves is drawn by the script, another as it is.
  private static func script(_ analysis: NamedTable) -> JSON {
    let figure: (any Figure)? = analysis.figure()
    let line = figure as? LineFigure
    return .members([
      ("id", .text("analysis-\(analysis.name)")), ("table", analysis.table.script),
      ("figure", line?.script ?? .null),
      ("image", line == nil ? figure.map { .text($0.svg) } ?? .null : .null),
    ])
  }
}
