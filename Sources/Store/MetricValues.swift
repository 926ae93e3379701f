/// The values of metrics in a row of the index, each at the place of its metric in `Metrics.all`; NaN where nothing was measured.
struct MetricValues: Sendable {
  private var values: [Double] = []
  /// Those of metrics that are not in the catalogue.
  private var others: [String: Double] = [:]

  subscript(place: Int) -> Double {
    get { place < values.count ? values[place] : .nan }
    set {
      if place >= values.count {
        guard !newValue.isNaN else { return }
        if values.isEmpty { values.reserveCapacity(Metrics.shipped.count) }
        values.append(contentsOf: repeatElement(.nan, count: place + 1 - values.count))
      }
      values[place] = newValue
    }
  }

  subscript(name: String) -> Double {
    get { Metrics.place(of: name).map { self[$0] } ?? others[name] ?? .nan }
    set {
      guard let place = Metrics.place(of: name) else {
        others[name] = newValue.isNaN ? nil : newValue
        return
      }
      self[place] = newValue
    }
  }
}

extension MetricValues: Hashable {
  static func == (one: MetricValues, other: MetricValues) -> Bool {
    guard one.others == other.others else { return false }
    return (0..<max(one.values.count, other.values.count)).allSatisfy { place in
      one[place] == other[place] || one[place].isNaN && other[place].isNaN
    }
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(others)
    for (place, value) in values.enumerated() where !value.isNaN {
      hasher.combine(place)
      hasher.combine(value)
    }
  }
}
