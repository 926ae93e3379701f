import CoppiceTerms

extension DistillationTeacher: Catalogued {
  /// The teachers that are shipped.
  public static let catalogue = Catalogue<DistillationTeacher>("teacher", [.dense, .trained, .trial])
}
