import CoppiceTerms

/// The page of runs at work: one HTML file that asks whoever serves it how things stand, and draws that.
package enum LivePage {
  /// The page.
  ///
  /// - Parameters:
  ///   - folder: what the folder of results is called.
  ///   - nonce: what marks the script and the style of the page as its own, a new one for every server.
  ///   - generator: the program and its version.
  package static func html(folder: String, nonce: String, generator: String) -> String {
    var page = HTML()
    page.begin("html", ["lang": "en"])
    page.begin("head")
    page.void("meta", ["charset": "utf-8"])
    page.void("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
    page.void("meta", ["name": "color-scheme", "content": "light dark"])
    page.void("meta", ["name": "generator", "content": generator])
    // Browsers ask for one else.
    page.void("link", ["rel": "icon", "href": "data:,"])
    page.element("title", [:], "Runs at work")
    page.verbatim("style", ["nonce": nonce], PageStyle.text + style)
    page.end()
    page.begin("body")
    page.element("a", ["class": "skip", "href": "#run"], "Skip to the experiment")
    page.begin("header")
    page.element("p", ["class": "kind"], "Runs at work in \(folder)")
    page.element("p", ["id": "connection", "class": "facts", "role": "status"], "Asking …")
    page.begin("nav", ["aria-label": "Experiments"])
    page.element("ul", ["id": "experiments"])
    page.end()
    page.end()
    page.begin("main", ["id": "run", "tabindex": "-1"])
    page.element("h1", ["id": "name"])
    page.begin("div", ["id": "standing"])
    page.element("progress", ["id": "progress", "max": "1", "value": "0", "aria-label": "Trials done"])
    page.element("p", ["id": "facts", "class": "facts"])
    page.end()
    for (id, title) in sections {
      page.begin("section", ["id": id, "aria-labelledby": "\(id)-title", "hidden": ""])
      page.element("h2", ["id": "\(id)-title"], title)
      page.element("div", ["class": "content"])
      page.end()
    }
    page.end()
    page.element("p", ["id": "said", "class": "unseen", "role": "status"])
    page.begin("footer")
    page.element("p", [:], "Made by \(generator) from the journal of the runs. Results are in summary.h5.")
    page.end()
    page.verbatim("script", ["type": "application/json", "id": "data"], "{}")
    page.verbatim("script", ["nonce": nonce], script)
    page.end()
    page.end()
    return "<!DOCTYPE html>\n" + page.text
  }

  /// What a page says of an experiment, in order: what goes wrong stands above what went well.
  private static let sections = [
    ("stages", "At work"), ("failures", "Failed"), ("losses", "Losses"), ("accuracies", "Accuracies"),
    ("finished", "Trials done last"), ("warnings", "Warnings"), ("files", "Pages, figures and logs"),
  ]

  private static let style = #"""
    progress { width: 100%; height: 1rem; accent-color: var(--link); }
    nav a[aria-current] { font-weight: 700; }
    #experiments li { white-space: nowrap; }
    .chart { max-width: 60rem; }
    .line { fill: none; stroke-width: 1.8; }
    .s0 { stroke: var(--c0); } .s1 { stroke: var(--c1); } .s2 { stroke: var(--c2); } .s3 { stroke: var(--c3); }
    .s4 { stroke: var(--c4); } .s5 { stroke: var(--c5); } .s6 { stroke: var(--c6); } .s7 { stroke: var(--c7); }
    .f0 { fill: var(--c0); } .f1 { fill: var(--c1); }
    .old { opacity: .35; }
    .spark { width: 7rem; height: 1.2rem; display: block; }
    .spark .line { stroke: var(--c0); }
    pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0; font: inherit; }
    .key { width: 1.6rem; height: .6rem; }
    """#

  private static let script =
    "\n"
    + [PageScript.elements, LiveScript.figures, LiveScript.sections, LiveScript.asking].joined(
      separator: "\n") + "\n"
}
