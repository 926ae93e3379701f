import CoppiceTerms

extension NameMap: Catalogued {
  /// The names that are read and written, our own first.
  package static let catalogue = Catalogue<NameMap>(
    "names", [.own, .huggingFace, .torchvision, .timm, .nanoGPT, .minGPT, .openLTH, .keras])
}
