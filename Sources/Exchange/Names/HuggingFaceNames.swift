import CoppiceTerms

extension NameMap {
  /// The names of the transformers package: BERT, DistilBERT and ViT, whose names are ours, and GPT-2 for `causal-transformer`.
  ///
  /// GPT-2's linear layers in blocks are `Conv1D`, `[in, out]`, the square ones among them. Its head is tied to the token table, and its
  /// table of positions may be longer than the text. Old BERT files call γ and β of normalisations `gamma` and `beta`.
  package static let huggingFace = NameMap("huggingface", version: 1) { network, _ in
    switch network.model.name {
    case "bert", "distilbert", "vit":
      { name, _ in
        guard name.lowercased().contains("norm") else { return ForeignPlace(name) }
        let (stem, last) = name.splitAtLastDot
        return ForeignPlace(name, "\(stem).\(last == "weight" ? "gamma" : "beta")")
      }
    case "causal-transformer":
      { name, _ in
        switch name {
        case "lm_head.weight": ForeignPlace(name, "transformer.wte.weight")
        case "wpe.weight": ForeignPlace("transformer.wpe.weight", mayBeLonger: true)
        default:
          ForeignPlace(
            "transformer.\(name)", layout: name.hasPrefix("h.") && name.isLinearWeight ? .transposed : .same)
        }
      }
    default: nil
    }
  }
}

extension String {
  /// Whether it is the weight of one of the four linear layers of a block.
  fileprivate var isLinearWeight: Bool {
    [".c_attn.weight", ".c_proj.weight", ".c_fc.weight"].contains { hasSuffix($0) }
  }

  /// What stands before the last dot and behind it.
  var splitAtLastDot: (stem: String, last: String) {
    guard let dot = lastIndex(of: ".") else { return ("", self) }
    return (String(self[..<dot]), String(self[index(after: dot)...]))
  }
}

extension Shipped<NameMap> {
  static let huggingFace = Shipped(
    .huggingFace, "transformers: BERT, DistilBERT, ViT, and GPT-2 for causal-transformer")
}
