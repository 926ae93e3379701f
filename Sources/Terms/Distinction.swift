/// Something in which the cells of a sweep differ: a setting, the name of its component, or one field of it.
///
/// Tables, legends, trial names and the index tell cells apart by distinctions, so that they name what differs and nothing else:
/// `weight-decay` where two optimizers differ in that field, `widths` where two perceptrons differ in theirs.
package struct Distinction: Hashable, Sendable {
  /// What it is called: `learning-rate`, `weight-decay`, `widths`, `schedule-rounds`.
  package let name: String
  /// The setting it is found in.
  package let setting: String
  private let part: Part

  private enum Part: Hashable, Sendable {
    /// The value itself, and of a component its name.
    case whole
    /// A field, and fields of components inside it; of components of any name.
    case field([String])
  }

  /// Whether it is the name of a setting's component, which says itself what it is the name of.
  package func isName(in setting: Specification.Value) -> Bool {
    part == .whole && setting.component != nil
  }

  private init(_ name: String, _ setting: String, _ part: Part) {
    (self.name, self.setting, self.part) = (name, setting, part)
  }

  /// The value in a cell, given that of the setting; `nil` where a component has no such field.
  package func value(in setting: Specification.Value) -> Specification.Value? {
    switch part {
    case .whole: setting.headline
    case .field(let path):
      path.reduce(Optional(setting)) { value, field in
        value?.component?.fields.first { $0.name == field }?.value
      }?.headline
    }
  }
}

extension Distinction {
  /// In what the values of some settings differ, one value a cell, in the order of the settings and of their fields.
  ///
  /// - Parameter taken: names that mean something else and are no name of a field: those of columns.
  package static func all(
    among settings: [(name: String, values: [Specification.Value])], taken: Set<String> = []
  ) -> [Distinction] {
    let found = settings.flatMap { setting in
      parts(of: setting.values, []).map { (setting: setting.name, part: $0) }
    }
    let names = settings.map(\.name)
    let leaves = found.compactMap { if case .field(let path) = $0.part { path.last } else { nil } }
    return found.map { setting, part in
      guard case .field(let path) = part, let field = path.last else {
        return Distinction(setting, setting, part)
      }
      // The rate of a learning rate is the learning rate.
      if setting.hasSuffix("-" + field), !found.contains(where: { $0 == (setting, .whole) }) {
        return Distinction(setting, setting, part)
      }
      let isClear =
        field.count >= leastLength && !names.contains(field) && !taken.contains(field)
        && leaves.count { $0 == field } == 1
      let long = ([setting] + (isClear ? [] : path)).joined(separator: "-")
      return Distinction(isClear ? field : long, setting, part)
    }
  }

  /// A field with a shorter name says too little without its setting: `retraining-to`.
  private static let leastLength = 5

  private static func parts(of values: [Specification.Value], _ path: [String]) -> [Part] {
    let values = values.distinct
    guard values.count > 1 else { return [] }
    let whole: Part = path.isEmpty ? .whole : .field(path)
    var parts = values.map(\.headline).distinct.count > 1 ? [whole] : []
    let components = values.compactMap(\.component)
    for name in components.map(\.name).distinct {
      for part in fields(of: components.filter { $0.name == name }, path) where !parts.contains(part) {
        parts.append(part)
      }
    }
    return parts
  }

  /// The fields in which components of one name differ. A field that some lack and the others share says nothing where another
  /// field tells them apart.
  private static func fields(of components: [Specification], _ path: [String]) -> [Part] {
    let names = components.flatMap { $0.fields.map(\.name) }.distinct
    let found = names.map { name in
      let values = components.compactMap { $0.fields.first { $0.name == name }?.value }
      let isMissing = values.count < components.count
      return (
        parts: parts(of: values + (isMissing ? [.none] : []), path + [name]),
        isShared: isMissing && values.distinct.count == 1
      )
    }
    let telling = found.filter { !$0.parts.isEmpty && !$0.isShared }
    return (telling.isEmpty ? found : telling).flatMap(\.parts)
  }
}

extension Array where Element: Hashable {
  /// The elements, each where it comes first.
  fileprivate var distinct: [Element] {
    var seen: Set<Element> = []
    var last: Element?
    return filter { element in
      // Most are what the one before is.
      if element == last { return false }
      last = element
      return seen.insert(element).inserted
    }
  }
}

extension Specification.Value {
  /// The component, where it is one.
  fileprivate var component: Specification? {
    if case .component(let component) = self { component } else { nil }
  }

  /// The value, and of a component its name alone.
  fileprivate var headline: Specification.Value { component.map { .text($0.name) } ?? self }
}
