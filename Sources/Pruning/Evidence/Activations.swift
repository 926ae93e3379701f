import CoppiceAutodiff
import CoppiceTensors

extension Evidence {
  /// The mean of |a| over examples and positions for every unit, `[out]`, by the weight that makes it; a is what the unit gives behind
  /// the normalisation and the rectifier that follow it. Over several places where a weight is read, their mean.
  public static let outputMagnitudes = Evidence("output-magnitudes", version: 1, combine: .mean) { trace in
    trace.perUnit { $0.magnitude.mean(over: 0) }
  }

  /// How often a unit gives anything but 0: the share of examples and positions, `[out]`, by the weight that makes it. One minus it
  /// is APoZ, the average percentage of zeros.
  public static let outputActivity = Evidence("output-activity", version: 1, combine: .mean) { trace in
    trace.perUnit { $0.magnitude.step.mean(over: 0) }
  }

  /// The largest |a| that a unit gives over examples and positions, `[out]`, by the weight that makes it.
  public static let outputMaxima = Evidence("output-maxima", version: 1, combine: .maximum) { trace in
    trace.perSite {
      $0.unitRows.magnitude.maximumOfRows
    } combine: {
      $0.maximum($1)
    }
  }
}

extension LossTrace {
  /// The mean over the places where a weight is read of what is made of a unit's outputs `[rows, out]`.
  fileprivate func perUnit(_ reduce: (Value) -> Value) -> [(name: String, value: Value)] {
    perSite {
      reduce($0.unitRows)
    } combine: {
      $0 + $1
    }.map { name, sum in
      let places = sites.count { $0.parameter == name }
      return (name, places == 1 ? sum : sum.scaled(by: 1 / Float(places)))
    }
  }
}

extension Site {
  /// What the units give, one row an example and position: `[rows, out]`.
  fileprivate var unitRows: Value {
    let (activation, axis) = (self.activation, unitAxis)
    let last = activation.shape.rank - 1
    let order = (0...last).filter { $0 != axis } + [axis]
    return (axis == last ? activation : activation.transposed(order)).mergingAxes(0, count: last)
  }
}

extension Value {
  /// The largest of each column of `[rows, columns]`, by halves that may share a row.
  fileprivate var maximumOfRows: Value {
    var value = self
    while value.shape[0] > 1 {
      let (rows, half) = (value.shape[0], (value.shape[0] + 1) / 2)
      value = value.sliced(0, 0..<half).maximum(value.sliced(0, (rows - half)..<rows))
    }
    return value.mergingAxes(0, count: 2)
  }
}
