import CoppiceTensors

extension Model {
  /// Every shipped model with its default parameters, by name: what `coppice list models` prints and `--set model=` takes.
  public static let all: [Model] = [
    .lenet300100,
    .lenet5,
    .conv2, .conv4, .conv6,
    .resnet20,
    .encoder(),
    .causalTransformer(),
  ]

  /// The shipped model of that name.
  ///
  /// - Throws: `UnknownModel`, with the nearest name.
  public static func named(_ name: String) throws(UnknownModel) -> Model {
    guard let model = all.first(where: { $0.name == name }) else { throw UnknownModel(name: name) }
    return model
  }
}

/// A model was asked for that does not exist.
public struct UnknownModel: Error, Hashable, CustomStringConvertible {
  /// What was asked for.
  public let name: String

  /// The error for this name.
  package init(name: String) { self.name = name }

  /// The shipped model most like it, if one is.
  public var nearest: String? { Model.all.map(\.name).nearest(to: name) }

  /// What was asked for, what was probably meant, and what there is.
  public var description: String {
    let hint = nearest.map { "; did you mean \($0)?" } ?? "."
    return "there is no model called \(name)\(hint) There are "
      + Model.all.map(\.name).joined(separator: ", ")
  }
}
