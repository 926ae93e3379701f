import CoppiceTerms

/// A figure that Vega-Lite draws too: in a notebook, in a page, or anew in other clothes for a paper. The data are inline and are
/// the numbers that we draw ourselves; bands are computed, never drawn anew by chance.
package protocol VegaFigure: Figure {
  /// The figure as a view of a Vega-Lite specification, without its schema.
  var vegaView: [(name: String, value: JSON)] { get }
}

extension VegaFigure {
  /// The figure as a Vega-Lite specification of version 5.
  package var vegaLite: String {
    JSON.object(
      [("$schema", .text("https://vega.github.io/schema/vega-lite/v5.json"))] + vegaView
        + [
          ("background", .text("white")),
          (
            "config",
            .members([
              ("font", .text("Helvetica, Arial, sans-serif")),
              ("axis", .members([("labelFontSize", .integer(12)), ("titleFontSize", .integer(13))])),
              ("legend", .members([("labelLimit", .integer(0)), ("orient", .text("bottom"))])),
            ])
          ),
        ])
  }
}

extension StackedFigure: VegaFigure {
  package var vegaView: [(name: String, value: JSON)] {
    [("vconcat", .list(panels.map { .members($0.vegaView) }))]
  }
}
