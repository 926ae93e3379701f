import Coppice
import CoppiceReporting
import Foundation

/// A file a figure is drawn to: SVG and Vega-Lite (JSON) by ourselves, PNG and PDF through `rsvg-convert`.
struct FigureFile {
  private enum Kind: String, CaseIterable { case svg, png, pdf, json }

  let path: String
  private let kind: Kind

  /// - Throws: a usage failure where the name ends in none of `.svg`, `.png`, `.pdf` and `.json`.
  init(_ path: String) throws {
    self.path = path
    guard let kind = Kind(rawValue: (path as NSString).pathExtension.lowercased()) else {
      throw CommandFailure(
        "a figure is written to .svg, .png, .pdf or .json, not to \(path)", CommandFailure.usage)
    }
    self.kind = kind
  }

  /// Draws a figure; the file appears whole or not at all.
  /// - Throws: a failure where it cannot be written, or the converter is missing or fails.
  func write(_ figure: some Figure) throws {
    let contents =
      switch kind {
      case .svg: Data(figure.svg.utf8)
      case .json: Data((try Self.vegaLite(figure) + "\n").utf8)
      case .png, .pdf: try Self.converted(Data(figure.svg.utf8), to: kind)
      }
    try OutputFile.write(contents, to: path, as: "figure")
  }

  /// The figure as a specification of Vega-Lite.
  /// - Throws: a usage failure for a kind of figure that has none.
  static func vegaLite(_ figure: any Figure) throws -> String {
    guard let figure = figure as? any VegaFigure else {
      throw CommandFailure(
        "a figure of this kind has no form for Vega-Lite: write .svg instead", CommandFailure.usage)
    }
    return figure.vegaLite
  }

  private static func converted(_ svg: Data, to kind: Kind) throws -> Data {
    guard let converter = Tool("rsvg-convert").path else {
      throw CommandFailure(
        "\(kind.rawValue.uppercased()) needs rsvg-convert, which is not installed. Install it with `apt install "
          + "librsvg2-bin`, `dnf install librsvg2-tools` or `brew install librsvg`, or write .svg.",
        CommandFailure.toolMissing)
    }
    let scratch = NSTemporaryDirectory() + "coppice-\(UUID().uuidString)"
    let (source, target) = (scratch + ".svg", scratch + "." + kind.rawValue)
    defer { for path in [source, target] { try? FileManager.default.removeItem(atPath: path) } }
    try svg.write(to: URL(fileURLWithPath: source))
    let run = ToolRun(
      [converter, "--format", kind.rawValue, "--output", target] + (kind == .png ? ["--zoom", "2"] : [])
        + [source], errors: .shown)
    guard run?.status == 0 else {
      let end = run == nil ? "cannot be started" : run?.status.map { "ended with \($0)" } ?? "was killed"
      throw CommandFailure("rsvg-convert \(end); write .svg instead", CommandFailure.inputOutput)
    }
    return try Data(contentsOf: URL(fileURLWithPath: target))
  }
}
