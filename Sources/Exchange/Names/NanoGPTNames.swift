import CoppiceTerms

extension NameMap {
  /// nanoGPT's names for `causal-transformer`: ours behind `transformer.`, with the head tied to the token table. Where a model was made
  /// without biases, ours are 0. The table of positions may be longer than the text.
  package static let nanoGPT = NameMap("nanogpt", version: 1) { network, arrays in
    guard network.model.name == "causal-transformer" else { return nil }
    // What `attn.bias` is there is the triangle of what a place may see.
    let hasBiases =
      arrays.isEmpty || arrays.contains { $0.name.hasSuffix(".bias") && $0.shape.rank == 1 }
    return { name, _ in
      switch name {
      case "lm_head.weight": ForeignPlace(name, "transformer.wte.weight")
      case "wpe.weight": ForeignPlace("transformer.wpe.weight", mayBeLonger: true)
      default:
        ForeignPlace("transformer.\(name)", absent: name.hasSuffix(".bias") && !hasBiases ? 0 : nil)
      }
    }
  }

  /// minGPT's first names for `causal-transformer`, of 2020: `blocks.N.attn.query`, `key` and `value` are projections of their own, which
  /// are ours one upon another.
  package static let minGPT = NameMap("mingpt", version: 1) { network, _ in
    guard network.model.name == "causal-transformer" else { return nil }
    return { name, _ in
      let (stem, last) = name.splitAtLastDot
      switch stem {
      case "wte": return ForeignPlace("tok_emb.weight")
      case "wpe": return ForeignPlace("pos_emb", mayBeLonger: true)
      case "ln_f", "lm_head": return ForeignPlace("\(stem == "ln_f" ? stem : "head").\(last)")
      default: break
      }
      guard let match = stem.wholeMatch(of: #/h\.(\d+)\.(.+)/#) else { return nil }
      let block = "blocks.\(match.1)"
      switch match.2 {
      case "ln_1", "ln_2": return ForeignPlace("\(block).ln\(match.2.suffix(1)).\(last)")
      case "attn.c_attn":
        return ForeignPlace(pieces: ["query", "key", "value"].map { "\(block).attn.\($0).\(last)" })
      case "attn.c_proj": return ForeignPlace("\(block).attn.proj.\(last)")
      case "mlp.c_fc": return ForeignPlace("\(block).mlp.0.\(last)")
      case "mlp.c_proj": return ForeignPlace("\(block).mlp.2.\(last)")
      default: return nil
      }
    }
  }
}

extension Shipped<NameMap> {
  static let nanoGPT = Shipped(.nanoGPT, "nanoGPT: causal-transformer, with its head tied to the token table")
  static let minGPT = Shipped(
    .minGPT, "minGPT of 2020: causal-transformer, with three projections in each attention")
}
