import CoppiceTensors
import CoppiceTerms

/// Random changes to training images, drawn anew for every example of every epoch from a stream of their own.
public struct Augmentation: Hashable, Sendable {
  /// Whether an image is mirrored left to right with probability ½.
  public var flip: Bool
  /// The image is padded by this many pixels of byte 0 on every side and cut at a random place, back to its size.
  public var padding: Int

  /// Flip and shifted crop as asked; neither by default.
  public init(flip: Bool = false, padding: Int = 0) {
    self.flip = flip
    self.padding = padding
  }

  /// No change.
  public static let none = Augmentation()
  /// Flip, and shift by up to four pixels: what CIFAR-10 is usually trained with.
  public static let flipAndShift = Augmentation(flip: true, padding: 4)

  /// As a value in a specification.
  package var value: Specification.Value {
    self == .none
      ? .text("none")
      : .component(
        Specification(
          "augmentation", version: 1,
          [(name: "flip", value: .flag(flip)), (name: "padding", value: .integer(padding))]))
  }

  /// What happens to one image: the place of its crop, then whether it is mirrored.
  struct Draw {
    let flipped: Bool
    let rowShift: Int
    let columnShift: Int
  }

  /// The draw for one example: three words of block `example` of the substream `epoch`: rows, columns, flip.
  func draw(seed: UInt64, epoch: Int, example: Int) -> Draw {
    var stream = RandomStream(
      seed: seed, stream: .augmentation, substream: UInt32(truncatingIfNeeded: epoch),
      block: UInt64(truncatingIfNeeded: example))
    let range = UInt32(2 * padding + 1)
    let rows = Int(stream.integer(below: range)) - padding
    let columns = Int(stream.integer(below: range)) - padding
    let mirrored = stream.bernoulli(0.5)
    return Draw(flipped: flip && mirrored, rowShift: rows, columnShift: columns)
  }
}

extension Augmentation {
  /// The augmentation in a field of a data set, `augmentation: augmentation(flip: true, padding: 4)`; none where there is none.
  static func read(_ fields: inout SpecificationReader) throws -> Augmentation {
    guard let specification = try fields.component("augmentation") else { return .none }
    return try SpecificationReader.reading(specification) { name, fields in
      switch name {
      case "none": .none
      case "augmentation":
        Augmentation(
          flip: try fields.flag("flip", default: false),
          padding: try fields.integer("padding", in: 0...1_024, default: 0))
      default: throw ComponentError.unknown("augmentation", name, known: ["none", "augmentation"])
      }
    }
  }
}
