import CoppiceNetworks
import CoppiceTensors

/// How right and how sure a network is of some examples.
struct OutputMeasures {
  /// The class that is predicted for each label.
  let predictions: [Int32]
  /// Whether it is the right one.
  let isRight: [Bool]
  /// The probability of the predicted class; NaN where a logit is no number.
  let confidences: [Double]
  /// The mean of −ln p of the right class.
  let negativeLogLikelihood: Double
  /// The mean of Σ (p − [class is right])² over the classes. G. Brier, "Verification of forecasts expressed in terms of probability",
  /// Monthly Weather Review 78, 1950.
  let brierScore: Double
  /// The fraction predicted right of each class; NaN for a class without labels.
  let classAccuracies: [Double]

  init(_ outputs: NetworkOutputs) {
    predictions = outputs.predictions
    isRight = zip(predictions, outputs.labels).map { $0 == $1 }
    var confidences: [Double] = []
    var (likelihood, brier) = (0.0, 0.0)
    for index in 0..<outputs.count {
      let row = outputs.row(index).map { Double($0) }
      let label = Int(outputs.labels[index])
      let largest = row[Int(predictions[index])]
      let powers = row.map { Elementary.exp($0 - largest) }
      let sum = powers.reduce(0, +)
      likelihood += Elementary.log(sum) - (row[label] - largest)
      for (place, power) in powers.enumerated() {
        let difference = power / sum - (place == label ? 1 : 0)
        brier += difference * difference
      }
      confidences.append(1 / sum)
    }
    self.confidences = confidences
    let count = Double(outputs.count)
    negativeLogLikelihood = outputs.count == 0 ? .nan : likelihood / count
    brierScore = outputs.count == 0 ? .nan : brier / count
    var (right, all) = (
      [Int](repeating: 0, count: outputs.classes), [Int](repeating: 0, count: outputs.classes)
    )
    for (label, isRight) in zip(outputs.labels, isRight) {
      all[Int(label)] += 1
      right[Int(label)] += isRight ? 1 : 0
    }
    classAccuracies = zip(right, all).map { $1 == 0 ? .nan : Double($0) / Double($1) }
  }

  /// The fraction predicted right, 0…1; NaN without labels.
  var accuracy: Double {
    isRight.isEmpty ? .nan : Double(isRight.count { $0 }) / Double(isRight.count)
  }

  /// The accuracy of the class that is told worst; NaN without labels.
  var worstClassAccuracy: Double { classAccuracies.filter { !$0.isNaN }.min() ?? .nan }

  /// How far confidences are from accuracies.
  func calibration(bins: Int, areAdaptive: Bool) -> CalibrationBins {
    CalibrationBins(confidences, isRight, count: bins, areAdaptive: areAdaptive)
  }
}

/// Examples sorted into bins by the confidence of what is predicted. In each the accuracy should be the mean confidence.
///
///     ECE = Σ_b n_b / n · |accuracy_b − confidence_b|,   MCE = max_b |accuracy_b − confidence_b|
///
/// C. Guo, G. Pleiss, Y. Sun, K. Weinberger, "On calibration of modern neural networks", ICML 2017. Bins are equally wide,
/// (b / m, (b + 1) / m], or adaptive: equally full, as J. Nixon et al. have them, "Measuring calibration in deep learning", 2019.
struct CalibrationBins {
  /// The examples of one bin.
  struct Bin {
    /// Where it begins and ends; of an adaptive bin its smallest and largest confidence.
    var edges: (low: Double, high: Double)
    var count = 0
    var right = 0
    var confidenceSum = 0.0

    /// NaN without examples.
    var accuracy: Double { count == 0 ? .nan : Double(right) / Double(count) }
    var confidence: Double { count == 0 ? .nan : confidenceSum / Double(count) }
    var gap: Double { (accuracy - confidence).magnitude }

    fileprivate mutating func add(_ confidence: Double, _ isRight: Bool) {
      count += 1
      right += isRight ? 1 : 0
      confidenceSum += confidence
    }
  }

  let bins: [Bin]
  /// Whether every confidence is a number.
  private let isWhole: Bool

  fileprivate init(_ confidences: [Double], _ isRight: [Bool], count: Int, areAdaptive: Bool) {
    isWhole = !confidences.isEmpty && confidences.allSatisfy(\.isFinite)
    guard isWhole, count > 0 else {
      bins = []
      return
    }
    var bins: [Bin]
    if areAdaptive {
      // Of equal confidences the earlier example comes first.
      let order = confidences.indices.sorted { (confidences[$0], $0) < (confidences[$1], $1) }
      // The first bins have one more where they cannot all be equal.
      let (size, rest) = order.count.quotientAndRemainder(dividingBy: count)
      var first = 0
      bins = (0..<count).compactMap { bin in
        let places = order[first..<first + size + (bin < rest ? 1 : 0)]
        first = places.endIndex
        guard let low = places.first, let high = places.last else { return nil }
        var found = Bin(edges: (confidences[low], confidences[high]))
        for place in places { found.add(confidences[place], isRight[place]) }
        return found
      }
    } else {
      bins = (0..<count).map { Bin(edges: (Double($0) / Double(count), Double($0 + 1) / Double(count))) }
      for (confidence, isRight) in zip(confidences, isRight) {
        let bin = Int((confidence * Double(count)).rounded(.up)) - 1
        bins[min(max(bin, 0), count - 1)].add(confidence, isRight)
      }
    }
    self.bins = bins
  }

  /// The expected calibration error, 0…1; NaN where a confidence is no number.
  var expectedError: Double {
    let count = bins.reduce(0) { $0 + $1.count }
    guard isWhole, count > 0 else { return .nan }
    return bins.reduce(0) { $0 + ($1.count == 0 ? 0 : Double($1.count) / Double(count) * $1.gap) }
  }

  /// The largest gap of a bin that has examples; NaN where a confidence is no number.
  var largestError: Double { bins.filter { $0.count > 0 }.map(\.gap).max() ?? .nan }
}
