import CoppiceTerms

/// What is wrong with a catalogue; nothing where every component reads back what it prints, is found by its name alone and
/// has a version, and every summary is one line without a full stop.
/// - Parameter others: further components of the kind, with other parameters than the shipped ones.
package func faults<Element: Component>(
  of catalogue: Catalogue<Element>, and others: [Element] = []
) -> [String] {
  var faults: [String] = []
  if Set(catalogue.names).count != catalogue.names.count { faults.append("a name is there twice") }
  for element in catalogue.all + others {
    do {
      let read = try catalogue.parse("\(element)")
      if read != element { faults.append("\(element) reads back as \(read)") }
      if read.specification.version == nil { faults.append("\(element) has no version") }
    } catch { faults.append("\(error)") }
  }
  for shipped in catalogue.shipped {
    if (try? catalogue.named(shipped.name)) != shipped.component {
      faults.append("\(shipped.name) is not the one of its name")
    }
    if shipped.name != shipped.name.lowercased() || shipped.name.contains("_") {
      faults.append("\(shipped.name) is not in kebab-case")
    }
    for field in shipped.component.specification.fields where field.name != field.name.kebabCased {
      faults.append("\(field.name) of \(shipped.name) is not in kebab-case")
    }
    if shipped.summary.isEmpty || shipped.summary.contains("\n") || shipped.summary.hasSuffix(".") {
      faults.append("the summary of \(shipped.name) is not one line without a full stop")
    }
  }
  if (try? catalogue.parse("no-such-\(catalogue.kind.split(separator: " ")[0])")) != nil {
    faults.append("a name that is not listed is read")
  }
  return faults
}
