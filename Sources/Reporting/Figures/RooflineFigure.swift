/// What a processor attains at most, by how much an operation computes with each byte, and operations as points below it.
package struct RooflineFigure: Figure, Equatable {
  /// Memory of one speed.
  package struct Memory: Sendable, Equatable {
    /// `256 KB`: the working set that it is so fast for.
    package var name: String
    /// Bytes a second.
    package var bandwidth: Double

    package init(name: String, bandwidth: Double) { (self.name, self.bandwidth) = (name, bandwidth) }
  }

  /// An operation.
  package struct Point: Sendable, Equatable {
    package var flops: Double
    package var bytes: Double
    package var seconds: Double
    /// What a reader sees when pointing at it.
    package var note: String

    package init(flops: Double, bytes: Double, seconds: Double, note: String) {
      (self.flops, self.bytes, self.seconds, self.note) = (flops, bytes, seconds, note)
    }
  }

  /// Operations of one kind.
  package struct Group: Sendable, Equatable {
    package var label: String
    package var points: [Point]

    package init(label: String, points: [Point]) { (self.label, self.points) = (label, points) }
  }

  package var title: String
  /// Floating-point operations a second.
  package var peak: Double
  /// From the fastest to the slowest.
  package var memories: [Memory]
  package var groups: [Group]
  package var caption: String
  /// What draws the figure again.
  package var command: String?
  /// The program that drew it.
  package var generator: String?

  package init(
    title: String, peak: Double, memories: [Memory], groups: [Group], caption: String = "",
    command: String? = nil, generator: String? = nil
  ) {
    (self.title, self.peak, self.memories, self.groups) = (title, peak, memories, groups)
    (self.caption, self.command, self.generator) = (caption, command, generator)
  }

  /// The figure as an SVG file.
  package var svg: String { figure.svg }

  /// The points of a group that have a place: on logarithmic axes there is none for what computes nothing.
  private func placed(_ group: Group) -> [LineFigure.Point] {
    group.points.filter { $0.flops > 0 && $0.bytes > 0 && $0.seconds > 0 }.map { point in
      LineFigure.Point(
        x: point.flops / point.bytes, y: point.flops / point.seconds / 1e9, note: point.note)
    }
  }

  /// The curves: rising with the memory's speed up to the peak, and level from there.
  package var figure: LineFigure {
    let operations = groups.map { LineFigure.Line(label: $0.label, points: placed($0), isJoined: false) }
    let intensities = operations.flatMap { $0.points.map(\.x) }
    let ridges = memories.map { peak / $0.bandwidth }
    let low = min(intensities.min() ?? 1, ridges.min() ?? 1) / 2
    let high = 2 * max(intensities.max() ?? 1, ridges.max() ?? 1)
    let roofs = memories.enumerated().map { index, memory in
      let ridge = peak / memory.bandwidth
      let flat = index == 0 ? [LineFigure.Point(x: high, y: peak / 1e9)] : []
      return LineFigure.Line(
        label: "\(memory.name): \(NumberText.fixed(memory.bandwidth / 1e9, decimals: 0)) GB/s",
        points: [
          .init(x: low, y: low * memory.bandwidth / 1e9), .init(x: ridge, y: peak / 1e9),
        ] + flat, hasMarkers: false, isReference: true)
    }
    // Room above the roof and below the lowest point.
    let rates = (operations + roofs).flatMap { $0.points.compactMap(\.y) }
    let limits = (rates.min() ?? 1) / 1.5...1.5 * (rates.max() ?? 1)
    return LineFigure(
      title: title, x: Axis(label: "FLOPs a byte", scale: .logarithmic),
      y: Axis(label: "GFLOP/s", scale: .logarithmic, limits: limits), lines: operations + roofs,
      caption: caption,
      command: command, generator: generator, plotHeight: 320)
  }
}
