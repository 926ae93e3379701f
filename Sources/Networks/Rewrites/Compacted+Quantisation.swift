extension Compacted {
  /// The scales of what is left of quantised layers: rows that are kept keep theirs.
  package func sliced(_ quantisation: Quantisation) -> Quantisation {
    Quantisation(
      quantisation.layers.filter { !isGone($0.name) }.map { name, scales in
        var scales = scales
        if let rows = kept.axes.first(where: { $0.leaf == name && $0.axis == 0 }) {
          scales.weight = rows.places.map { scales.weight[$0] }
        }
        return (name, scales)
      })
  }
}
