import Coppice
import CoppiceHDF5
import CoppiceReporting
import Foundation

/// A file a figure is drawn to: SVG by ourselves, PNG and PDF through `rsvg-convert`.
struct FigureFile {
  private enum Kind: String, CaseIterable { case svg, png, pdf }

  let path: String
  private let kind: Kind

  /// - Throws: a usage failure where the name ends in none of `.svg`, `.png` and `.pdf`.
  init(_ path: String) throws {
    self.path = path
    guard let kind = Kind(rawValue: (path as NSString).pathExtension.lowercased()) else {
      throw CommandFailure("a figure is written to .svg, .png or .pdf, not to \(path)", CommandFailure.usage)
    }
    self.kind = kind
  }

  /// Draws a figure; the file appears whole or not at all.
  /// - Throws: a failure where it cannot be written, or the converter is missing or fails.
  func write(_ figure: some Figure) throws {
    let svg = Data(figure.svg.utf8)
    let contents = kind == .svg ? svg : try Self.converted(svg, to: kind)
    let folder = (path as NSString).deletingLastPathComponent
    guard folder.isEmpty || FileManager.default.fileExists(atPath: folder) else {
      throw CommandFailure(
        "the figure cannot be written to \(path): there is no folder \(folder)", CommandFailure.inputOutput)
    }
    // The file would take its place.
    if let kind = FileKind(at: path), kind != .file {
      throw CommandFailure(
        "the figure cannot be written to \(path): it is \(kind.rawValue)", CommandFailure.inputOutput)
    }
    do {
      try contents.withUnsafeBytes { try AtomicFile.replace(path, with: $0) }
    } catch let error as HDF5Error {
      throw CommandFailure(
        "the figure cannot be written to \(path): \(error.message). May its folder be written to?",
        CommandFailure.inputOutput)
    }
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
