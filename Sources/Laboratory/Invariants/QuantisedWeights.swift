import CoppiceNetworks
import CoppiceTensors

extension Invariant {
  /// The stored weights of a quantised network are turned into codes once more.
  static let quantisedWeights = Invariant(
    "quantised-weights",
    "The stored weights of a quantised network are what their codes stand for, and a pruned one has the code 0.",
    round: { sight in
      guard let scales = sight.record.weightScales, let weights = sight.record.weights,
        let bits = Int(exactly: sight.record.row[metric: .bits])
      else { return nil }
      let quantisation = Quantisation(bits: bits, scales: scales, ranges: ParameterSet())
      for name in scales.names {
        guard let weight = weights[name], let codes = quantisation.codes(name, of: weight),
          let back = quantisation.weight(name, weight.shape, codes: codes)
        else { return .broken("\(name) has no codes") }
        let off = Differences(weight, where: nil, is: 1) { $1 != back.scalars[$0] }
        guard off.count == 0 else { return .broken("\(off.text(of: name)) are between two codes") }
        let pruned = Differences(weight, where: sight.masks?[name], is: 0) { place, _ in codes[place] != 0 }
        guard pruned.count == 0 else {
          return .broken("\(pruned.text(of: name)) are pruned and have another code than 0")
        }
      }
      return .held
    })
}
