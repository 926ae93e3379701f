import CoppiceTerms

extension NameMap {
  /// timm's names for ViT: queries, keys and values come from one projection `attn.qkv`.
  package static let timm = NameMap("timm", version: 1) { network, _ in
    guard network.model.name == "vit" else { return nil }
    return { name, _ in
      let last = name.splitAtLastDot.last
      switch ViTPart(name) {
      case .token: return ArrayPlace("cls_token")
      case .positions: return ArrayPlace("pos_embed")
      case .patches: return ArrayPlace("patch_embed.proj.\(last)")
      case .norm: return ArrayPlace("norm.\(last)")
      case .head: return ArrayPlace("head.\(last)")
      case .block(let number, let part):
        let block = "blocks.\(number)"
        switch part {
        case .query: return ArrayPlace("\(block).attn.qkv.\(last)", part: .init(0, of: 3))
        case .key: return ArrayPlace("\(block).attn.qkv.\(last)", part: .init(1, of: 3))
        case .value: return ArrayPlace("\(block).attn.qkv.\(last)", part: .init(2, of: 3))
        case .output: return ArrayPlace("\(block).attn.proj.\(last)")
        case .firstNorm: return ArrayPlace("\(block).norm1.\(last)")
        case .secondNorm: return ArrayPlace("\(block).norm2.\(last)")
        case .hidden: return ArrayPlace("\(block).mlp.fc1.\(last)")
        case .contraction: return ArrayPlace("\(block).mlp.fc2.\(last)")
        }
      case nil: return nil
      }
    }
  }
}

extension Shipped<NameMap> {
  static let timm = Shipped(.timm, "timm: ViT, with one projection for queries, keys and values")
}
