import CoppiceNetworks
import CoppiceTerms

extension NameMap {
  /// torchvision's names: ResNet, MobileNetV2, EfficientNet and DenseNet, whose names are ours, VGG with and without batch normalisation,
  /// and ViT.
  ///
  /// VGG there has three linear layers and a maximum behind its last stage; ours has one linear layer behind the mean of each channel.
  /// So it is the `features` that fit, and a `classifier` of one linear layer. Without batch normalisation the normalisations of ours do
  /// nothing: γ is 1, β and the mean are 0, and the variance is 1 − ε.
  package static let torchvision = NameMap("torchvision", version: 1) { network, arrays in
    switch network.model.name {
    case "resnet-18", "resnet-50", "mobilenet-v2", "efficientnet-b0", "densenet-121", "densenet":
      { name, _ in ForeignPlace(name) }
    case "vgg-16", "vgg-19":
      vgg(network, isNormalized: arrays.isEmpty || arrays.contains { $0.name.hasSuffix(".running_mean") })
    case "vit": vit
    default: nil
    }
  }

  /// `layers.N.conv` and `layers.N.bn` are numbered among normalisations, ReLUs and maxima there: `features.M`.
  private static func vgg(_ network: Network, isNormalized: Bool) -> Places {
    var numbers: [String: Int] = [:]
    for declaration in network.declarations {
      let parts = declaration.name.split(separator: ".").map(String.init)
      if parts.count == 4, parts[0] == "layers", parts[2] == "conv", let layer = Int(parts[1]),
        numbers[parts[1]] == nil
      {
        // Each maximum has a number in both.
        let (convolutions, maxima) = (numbers.count, layer - numbers.count)
        numbers[parts[1]] = convolutions * (isNormalized ? 3 : 2) + maxima
      }
    }
    return { name, _ in
      let parts = name.split(separator: ".").map(String.init)
      guard parts.count == 4, let number = numbers[parts[1]] else {
        let last = name.splitAtLastDot.last
        return ForeignPlace("classifier.\(last)", "classifier.0.\(last)", "classifier.6.\(last)")
      }
      if parts[2] == "conv" { return ForeignPlace("features.\(number).\(parts[3])") }
      if isNormalized { return ForeignPlace("features.\(number + 1).\(parts[3])") }
      let identity: [String: Float] = ["weight": 1, "bias": 0, "running_mean": 0, "running_var": 1 - 1e-5]
      return ForeignPlace(absent: identity[parts[3]])
    }
  }

  @Sendable private static func vit(_ name: String, _: Any) -> ForeignPlace? {
    let parts = ViTPart(name)
    let last = name.splitAtLastDot.last
    switch parts {
    case .token: return ForeignPlace("class_token")
    case .positions: return ForeignPlace("encoder.pos_embedding")
    case .patches: return ForeignPlace("conv_proj.\(last)")
    case .norm: return ForeignPlace("encoder.ln.\(last)")
    case .head: return ForeignPlace("heads.head.\(last)")
    case .block(let number, let part):
      let block = "encoder.layers.encoder_layer_\(number)"
      switch part {
      case .query, .key, .value:
        return ForeignPlace(
          "\(block).self_attention.in_proj_\(last)",
          part: .init([.query, .key, .value].firstIndex(of: part) ?? 0, of: 3))
      case .output: return ForeignPlace("\(block).self_attention.out_proj.\(last)")
      case .firstNorm: return ForeignPlace("\(block).ln_1.\(last)")
      case .secondNorm: return ForeignPlace("\(block).ln_2.\(last)")
      case .hidden: return ForeignPlace("\(block).mlp.0.\(last)", "\(block).mlp.linear_1.\(last)")
      case .contraction: return ForeignPlace("\(block).mlp.3.\(last)", "\(block).mlp.linear_2.\(last)")
      }
    case nil: return nil
    }
  }
}

/// What an array of our vision transformer belongs to.
enum ViTPart: Hashable {
  case token, positions, patches, norm, head
  case block(Int, Part)

  /// A part of a block.
  enum Part: String, Hashable, CaseIterable {
    case query = "attention.attention.query"
    case key = "attention.attention.key"
    case value = "attention.attention.value"
    case output = "attention.output.dense"
    case firstNorm = "layernorm_before"
    case secondNorm = "layernorm_after"
    case hidden = "intermediate.dense"
    case contraction = "output.dense"
  }

  init?(_ name: String) {
    let stem = name.splitAtLastDot.stem
    if let prefix = stem.prefixMatch(of: #/vit\.encoder\.layer\.(\d+)\./#), let number = Int(prefix.1) {
      guard let part = Part(rawValue: String(stem[prefix.range.upperBound...])) else { return nil }
      self = .block(number, part)
      return
    }
    switch stem {
    case "vit.embeddings": self = name.hasSuffix("cls_token") ? .token : .positions
    case "vit.embeddings.patch_embeddings.projection": self = .patches
    case "vit.layernorm": self = .norm
    case "classifier": self = .head
    default: return nil
    }
  }
}

extension Shipped<NameMap> {
  static let torchvision = Shipped(
    .torchvision, "torchvision: ResNet, VGG, MobileNetV2, EfficientNet, DenseNet and ViT")
}
