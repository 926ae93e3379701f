import CoppiceTensors
import CoppiceTerms

extension RetrainingRate {
  /// One cycle: along half a cosine from η/100 up to the highest rate η of the dense training in the first tenth of the steps, then
  /// along half a cosine down to η/10000 in the last step. As PyTorch's `OneCycleLR(pct_start=0.1, div_factor=100,
  /// final_div_factor=100)` has it.
  ///
  /// D. Le, B.-S. Hua, "Network pruning that matters: a case study on retraining variants", ICLR 2021 (cyclic learning-rate
  /// restarting), after L. Smith and N. Topin, "Super-convergence", 2018. The momentum of the optimizer stays as it is.
  public static let cyclic = RetrainingRate("cyclic", version: 1) { moment in
    let (top, step) = (0.1 * Double(moment.total) - 1, Double(moment.step))
    let (low, high, end) = (moment.highest / 100, moment.highest, moment.highest / 10_000)
    if step <= top { return top > 0 ? low.alongCosine(to: high, step / top) : high }
    let (begin, last) = (max(0, top), Double(moment.total - 1))
    return high.alongCosine(to: end, last > begin ? (step - begin) / (last - begin) : 0)
  }
}

extension Shipped<RetrainingRate> {
  static let cyclic = Shipped(
    .cyclic, "one cycle: up to the highest rate in a tenth of the steps, then down along a cosine",
    paper: "Le and Hua 2021")
}

extension Double {
  /// From this number to another along half a cosine, 0 ≤ part ≤ 1.
  fileprivate func alongCosine(to end: Double, _ part: Double) -> Double {
    end + (self - end) / 2 * (1 + Elementary.cos(.pi * part))
  }
}
