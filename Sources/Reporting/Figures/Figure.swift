/// Something that is drawn to an SVG file, always to the same bytes.
package protocol Figure: Sendable {
  /// The text of the file.
  var svg: String { get }
}
