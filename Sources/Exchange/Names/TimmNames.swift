import CoppiceTerms

extension NameMap {
  /// timm's names for ViT: queries, keys and values come from one projection `attn.qkv`.
  package static let timm = NameMap("timm", version: 1) { network, _ in
    guard network.model.name == "vit" else { return nil }
    return { name, _ in
      let last = name.splitAtLastDot.last
      switch ViTPart(name) {
      case .token: return ForeignPlace("cls_token")
      case .positions: return ForeignPlace("pos_embed")
      case .patches: return ForeignPlace("patch_embed.proj.\(last)")
      case .norm: return ForeignPlace("norm.\(last)")
      case .head: return ForeignPlace("head.\(last)")
      case .block(let number, let part):
        let block = "blocks.\(number)"
        switch part {
        case .query: return ForeignPlace("\(block).attn.qkv.\(last)", part: .init(0, of: 3))
        case .key: return ForeignPlace("\(block).attn.qkv.\(last)", part: .init(1, of: 3))
        case .value: return ForeignPlace("\(block).attn.qkv.\(last)", part: .init(2, of: 3))
        case .output: return ForeignPlace("\(block).attn.proj.\(last)")
        case .firstNorm: return ForeignPlace("\(block).norm1.\(last)")
        case .secondNorm: return ForeignPlace("\(block).norm2.\(last)")
        case .hidden: return ForeignPlace("\(block).mlp.fc1.\(last)")
        case .contraction: return ForeignPlace("\(block).mlp.fc2.\(last)")
        }
      case nil: return nil
      }
    }
  }
}

extension Shipped<NameMap> {
  static let timm = Shipped(.timm, "timm: ViT, with one projection for queries, keys and values")
}
