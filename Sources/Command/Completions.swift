import ArgumentParser
import Coppice
import CoppiceStore

/// What a shell may offer where a word is to be completed. The shell asks while somebody types, so results are looked up as they are.
enum Completions {
  /// Experiments of the program.
  static var experiments: CompletionKind { words { _ in ExperimentCatalogue.experiments.map(\.name) } }

  /// Folders of results, and experiments.
  static var results: CompletionKind {
    words { words in
      let stored = stored(words).names
      return stored + ExperimentCatalogue.experiments.map(\.name).filter { !stored.contains($0) }
    }
  }

  /// Trials, each as `EXPERIMENT/TRIAL`.
  static var trials: CompletionKind {
    words { words in
      let stored = stored(words)
      return stored.names.flatMap { name in stored.folder.trials(of: name).map { "\(name)/\($0)" } }
    }
  }

  /// `name=` of a setting, and behind it the components it takes.
  static var settings: CompletionKind { words { _ in [] } }

  /// Columns of the index.
  static var columns: CompletionKind { words { _ in IndexRow.columnNames } }

  /// Models, data sets that can be fetched, and analyses.
  static var models: CompletionKind { words { _ in Model.catalogue.names } }
  static var datasets: CompletionKind { words { _ in Datasets.all.filter { !$0.isEmbedded }.map(\.name) } }
  static var analyses: CompletionKind { words { _ in Analysis.catalogue.names } }

  /// Candidates for a word; where it is the value of `--set`, those of the setting.
  private static func words(_ candidates: @escaping @Sendable ([String]) -> [String]) -> CompletionKind {
    .custom { words, index, prefix in
      setting(words, index, prefix) ?? candidates(words)
    }
  }

  /// Candidates where `--set` is what is being completed, else `nil`. Shells differ in whether `=` parts words: bash gives `model`, `=`
  /// and `le` where others give `model=le`.
  static func setting(_ words: [String], _ index: Int, _ prefix: String) -> [String]? {
    func word(_ place: Int) -> String { words.indices.contains(place) ? words[place] : "" }
    let isAtSign = word(index) == "="
    if isAtSign || word(index - 1) == "=" {
      let name = isAtSign ? word(index - 1) : word(index - 2)
      guard word(index - (isAtSign ? 2 : 3)) == "--set" else { return nil }
      return values(of: name)
    }
    guard word(index - 1) == "--set" else { return nil }
    let parts = prefix.drop { "\"'".contains($0) }.split(
      separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let name = parts.first.map(String.init) else {
      return Settings.all.map { "\($0.name)=" }
    }
    return values(of: name).map { "\(name)=\($0)" }
  }

  /// The names of the components a setting takes.
  private static func values(of setting: String) -> [String] {
    Settings.all.first { $0.name == setting }?.components().map(\.name) ?? []
  }

  /// The results that the words so far name.
  private static func stored(_ words: [String]) -> StoredResults {
    let place = words.firstIndex(of: "--results").map { $0 + 1 }
    let path = place.flatMap { words.indices.contains($0) ? words[$0] : nil }
    return StoredResults(folder: ResultsFolder(path ?? Environment["COPPICE_RESULTS"] ?? "Results"))
  }
}

extension Completions {
  /// The script that makes bash complete the program's words. Bash parts words at `=`, where settings must stay whole, and puts a space
  /// behind each, where the value of a setting follows.
  static var bashScript: String {
    let script = RootCommand.completionScript(for: .bash)
    let whole = script.replacing(#/(?m)^complete -o filenames -F (\S+) (\S+)$/#) { match in
      """
      \(match.1)_whole() {
          \(match.1) "$@"
          [[ "${COMPREPLY[0]-}" == *= ]] && compopt -o nospace 2>/dev/null
          return 0
      }
      COMP_WORDBREAKS="${COMP_WORDBREAKS//=/}"
      complete -o filenames -F \(match.1)_whole \(match.2)
      """
    }
    return whole
  }
}
