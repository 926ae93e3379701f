import CoppiceTerms

extension NameMap {
  /// open_lth's names (Frankle 2020): ResNet and VGG for CIFAR, whose names are ours, and the multilayer perceptrons, whose hidden layers
  /// are `fc_layers.0 …` and whose last is `fc`.
  package static let openLTH = NameMap("open-lth", version: 1) { network, _ in
    switch network.model.name {
    case "resnet-20", "resnet-56", "resnet", "vgg-16", "vgg-19": return { name, _ in ForeignPlace(name) }
    case "mlp", "lenet-300-100":
      let head = network.headScope
      return { name, _ in
        let (stem, last) = name.splitAtLastDot
        if stem == head { return ForeignPlace("fc.\(last)") }
        return Int(stem.dropFirst(2)).map { ForeignPlace("fc_layers.\($0 - 1).\(last)") }
      }
    default: return nil
    }
  }
}

extension Shipped<NameMap> {
  static let openLTH = Shipped(
    .openLTH, "open_lth: multilayer perceptrons, and ResNet and VGG for CIFAR", paper: "Frankle 2020")
}
