import CoppiceTerms

extension Corruption: Catalogued {
  /// The corruptions that are shipped.
  public static let catalogue = Catalogue<Corruption>(
    "corruption", [.none, .gaussianNoise, .gaussianBlur, .contrast, .brightness, .pixelate, .shift])
}
