/// How the bars of one series are told from those of another: by colour and by filling together, so that a figure survives colour
/// blindness and a grey-scale printer.
struct BarStyle: Equatable {
  /// How a bar is filled.
  enum Filling: CaseIterable {
    case solid, pale, striped, open
  }

  /// `#RRGGBB`.
  let color: String
  let filling: Filling

  /// The style of series `index`.
  static func series(_ index: Int) -> BarStyle {
    BarStyle(
      color: LineStyle.palette[index % LineStyle.palette.count],
      filling: Filling.allCases[(index + index / LineStyle.palette.count) % Filling.allCases.count])
  }
}

extension SVG {
  /// A bar from its lower to its upper edge.
  mutating func bar(
    _ style: BarStyle, left: Double, top: Double, width: Double, height: Double, note: String? = nil
  ) {
    guard height > 0, width > 0 else { return }
    let opacity: String? =
      switch style.filling {
      case .solid, .striped: nil
      case .pale: "0.35"
      case .open: "0.06"
      }
    begin("g")
    if let note { element("title", text: note) }
    element(
      "rect",
      [
        "x": Self.number(left), "y": Self.number(top), "width": Self.number(width),
        "height": Self.number(height), "fill": style.color, "fill-opacity": opacity, "stroke": style.color,
        "stroke-width": "0.8",
      ])
    if style.filling == .striped {
      begin("g", ["stroke": "#FFFFFF", "stroke-width": "1.4"])
      // From the lower edge up, so that stripes of bars side by side are level.
      for stripe in stride(from: top + height - 4, to: top + 1, by: -4.5) {
        line(left, stripe, left + width, stripe)
      }
      end()
    }
    end()
  }
}
