import CoppicePruning
import CoppiceStore
import CoppiceTensors
import CoppiceTerms

/// Finds the ranges in which the inputs of a network's layers are quantised, from evidence of them. Its output are `ranges`: for each
/// layer how far its inputs reach below and above 0, `[2]`, by the name of the weight.
package struct CalibrationStage: Stage {
  package let regimen: Regimen
  package let calibration: Calibration
  /// The stage that has measured `Evidence.inputRanges`.
  package let ranges: StageKey
  /// The stage that has measured `Evidence.inputHistograms`; `nil` for a calibration that does not ask.
  package let histograms: StageKey?
  package let key: StageKey

  package init(_ regimen: Regimen, by calibration: Calibration, ranges: StageKey, histograms: StageKey?) {
    (self.regimen, self.calibration) = (regimen, calibration)
    (self.ranges, self.histograms) = (ranges, histograms)
    key = StageKey(
      Specification(
        "calibration", version: 1,
        [("calibration", .component(calibration.specification)), ("ranges", ranges.value)]
      ).adding([("histograms", histograms?.value ?? .none, neutral: .none)]))
  }

  package var parents: [StageKey] { [ranges] + (histograms.map { [$0] } ?? []) }

  package func run(_ context: StageContext) throws -> StageRecord {
    guard let ranges = try context.outputs(of: ranges)[parameters: "evidence"] else {
      throw StageError.missingOutput("evidence", stage: ranges.short)
    }
    let histograms = try histograms.map { try context.outputs(of: $0)[parameters: "evidence"] }
    var found = ParameterSet()
    for (name, range) in ranges {
      guard range.scalars.count == 2, range.isFinite else { throw QuantisationError.rangeNotFinite(name) }
      let (below, above) = calibration.range(
        of: InputSpread(
          below: range.scalars[0], above: range.scalars[1], counts: histograms??[name]?.scalars ?? []))
      guard below.isFinite, above.isFinite, below >= 0, above >= 0 else {
        throw QuantisationError.badRange(name, calibration, below: below, above: above)
      }
      found[name] = Tensor([2], [below, above])
    }
    return StageRecord(key: key.hexadecimal, parameters: [("ranges", found)])
  }
}
