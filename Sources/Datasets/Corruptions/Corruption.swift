import CoppiceTensors
import CoppiceTerms

/// A change that makes images harder to tell, of a severity from 1 to 5. It is the same for every network that meets the images.
///
/// Values are bytes / 255, in 0…1. What is changed is held within 0…1 and rounded to the nearest byte. Images of numbers that are no
/// bytes are measured by the smallest and the largest number of their part of the data, and are not rounded.
///
/// Severities of colour images are those of CIFAR-10-C: D. Hendrycks, T. Dietterich, "Benchmarking neural network robustness to common
/// corruptions and perturbations", ICLR 2019. Those of images of one channel are MNIST-C's: N. Mu, J. Gilmer, "MNIST-C: a robustness
/// benchmark for computer vision", 2019. Pixels are those of the image, whatever its size. Each kind stands in Corruptions/.
public struct Corruption: Component {
  /// The name, the version and every field of the corruption.
  public let specification: Specification
  /// 1…5; 0 where nothing is changed.
  public let severity: Int
  private let seed: UInt64
  private let version: Int
  private let kind: Kind

  /// What a kind of corruption does to images.
  struct Kind: Sendable {
    /// How strong it is at severities 1…5, for images of one channel and of several.
    let strengths: (single: [Double], several: [Double])
    /// The part of the stream `.corruption` that its random numbers come from; `nil` where it draws none.
    let substream: UInt32?
    /// Changes an image.
    let change: @Sendable (inout ImageValues, _ strength: Double, inout RandomStream) -> Void
  }

  init(_ name: String, version: Int, severity: Int, seed: UInt64 = 0, _ kind: Kind) {
    let drawn =
      kind.substream == nil ? [] : [("seed", Specification.Value.integer(Int(bitPattern: UInt(seed))))]
    specification = Specification(
      name, version: version,
      kind.strengths.several.isEmpty ? [] : [("severity", .integer(severity))] + drawn)
    (self.severity, self.seed, self.version, self.kind) = (severity, seed, version, kind)
  }

  /// The same kind of another severity and seed.
  package func with(severity: Int, seed: UInt64) -> Corruption {
    Corruption(
      name, version: version, severity: severity, seed: kind.substream == nil ? 0 : seed, kind)
  }

  /// The severities there are.
  package static let severities = 1...5
}

extension Corruption {
  /// Blocks of random words that each example has for itself.
  private static let blocksPerExample: UInt64 = 1 << 24

  /// Some images of a data set, corrupted. Example i of its part draws from block 2²⁴·i of its stream, so that a change is the same in
  /// whatever subset an image stands, and at whatever severity.
  ///
  /// - Throws: `DatasetError.options` where the data are no images, or the severity is none.
  package func applied(to subset: Subset, of dataset: Dataset) throws(DatasetError) -> Subset {
    guard self != .none else { return subset }
    guard case .imageClassification(let channels, let height, let width) = dataset.task else {
      throw .options(dataset: dataset.name, "corruption \(name) is of images, and these are none")
    }
    guard Self.severities.contains(severity) else {
      throw .options(dataset: dataset.name, "the severity \(severity) of \(name) lies outside 1…5")
    }
    let strengths = channels == 1 ? kind.strengths.single : kind.strengths.several
    let strength = strengths[severity - 1]
    var image = ImageValues(channels: channels, height: height, width: width)
    let size = image.values.count
    func change(_ index: Int32) {
      var random = RandomStream(
        seed: seed, stream: .corruption, substream: kind.substream ?? 0,
        block: UInt64(index) * Self.blocksPerExample)
      kind.change(&image, strength, &random)
    }
    let examples = subset.examples
    let labels = subset.indices.map { examples.labels[Int($0)] }
    let changed: Examples
    switch examples.inputs {
    case .pixels(let pixels):
      var bytes: [UInt8] = []
      bytes.reserveCapacity(subset.count * size)
      for index in subset.indices {
        let first = Int(index) * size
        for place in 0..<size { image.values[place] = Double(pixels[first + place]) / 255 }
        change(index)
        for value in image.values { bytes.append(UInt8((Self.clipped(value) * 255).rounded())) }
      }
      changed = Examples(pixels: bytes, labels: labels)
    case .values(let numbers):
      let finite = numbers.filter(\.isFinite).map { Double($0) }
      let (low, high) = (finite.min() ?? 0, finite.max() ?? 0)
      let range = high > low ? high - low : 1
      var found: [Float] = []
      found.reserveCapacity(subset.count * size)
      for index in subset.indices {
        let first = Int(index) * size
        for place in 0..<size { image.values[place] = (Double(numbers[first + place]) - low) / range }
        change(index)
        for value in image.values { found.append(Float(low + range * Self.clipped(value))) }
      }
      changed = Examples(values: found, labels: labels)
    case .tokens, .text:
      throw .options(dataset: dataset.name, "corruption \(name) is of images, and these are none")
    }
    return Subset(examples: changed, indices: (0..<Int32(subset.count)).map { $0 })
  }

  /// The nearest number within 0…1; 0 for what is no number.
  private static func clipped(_ value: Double) -> Double { value > 0 ? min(value, 1) : 0 }
}

/// The numbers of one image in double precision, `[channels, height, width]`.
struct ImageValues {
  let channels: Int
  let height: Int
  let width: Int
  var values: [Double]

  /// A black image.
  init(channels: Int, height: Int, width: Int) {
    (self.channels, self.height, self.width) = (channels, height, width)
    values = [Double](repeating: 0, count: channels * height * width)
  }

  /// The number of pixels of a channel.
  var area: Int { height * width }
}
