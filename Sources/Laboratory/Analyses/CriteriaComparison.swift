import CoppiceAutodiff
import CoppiceNetworks
import CoppicePruning
import CoppiceStore
import CoppiceTensors

/// What each criterion would remove from one trained network. Every criterion prunes the same network once, to the same sparsity, and
/// nothing is trained afterwards. So differences are those of the choice of weights alone.
package struct CriteriaComparison: Sendable {
  /// One criterion's cut.
  package struct Cut: Sendable {
    /// The criterion.
    package let criterion: Criterion
    /// Which weights survive.
    package let masks: MaskSet
    /// The fraction of the prunable weights that is removed, 0…1.
    package let sparsity: Double
    /// How many removed weights are ties: the seed decided which of them go. `nil` for a solver.
    package let ties: Int?
    /// The network after the cut.
    package let evaluation: Evaluation
    /// Seconds that it took to measure what the criterion looks at, to score and to select, as if it were the only one.
    package let seconds: Double
  }

  /// A network and how it is pruned.
  package struct Subject: Sendable {
    /// What is needed to evaluate it.
    package var regimen: Regimen
    /// Its trained weights.
    package var parameters: ParameterSet
    /// Its running statistics.
    package var buffers: ParameterSet
    /// The training data that evidence is measured on.
    package var scoring: ScoringData
    /// What goes as one.
    package var granularity = Granularity.weight
    /// How much each layer gives.
    package var allocation = Allocation.global
    /// The fraction of the prunable weights to remove, 0…1.
    package var sparsity: Double

    /// A network, pruned by single weights that all compete, where not said otherwise.
    package init(
      _ regimen: Regimen, parameters: ParameterSet, buffers: ParameterSet, scoring: ScoringData,
      sparsity: Double
    ) {
      (self.regimen, self.parameters, self.buffers) = (regimen, parameters, buffers)
      (self.scoring, self.sparsity) = (scoring, sparsity)
    }
  }

  /// The network before any cut.
  package let dense: Evaluation
  /// The cuts, in the order of the criteria.
  package let cuts: [Cut]
  /// Criteria that do not apply to this network, granularity and allocation, each with the reason.
  package let refused: [(criterion: Criterion, reason: String)]

  /// Prunes by every criterion.
  /// - Parameters:
  ///   - threads: how many threads share the work; results do not depend on it.
  ///   - begin: called before each criterion.
  /// - Throws: what the data, the granularity or the allocation throw whatever the criterion.
  package init(
    _ subject: Subject, by criteria: [Criterion], threads: Int = 1, begin: (Criterion) -> Void = { _ in }
  ) throws {
    let regimen = subject.regimen
    let structure = try NetworkStructure(regimen.model)
    let full = regimen.model.fullMasks
    dense = try Meter(regimen, threads: threads).evaluation(
      subject.parameters, subject.buffers, step: 0, isLast: false)
    let plain = Pruner(
      criterion: .magnitude, granularity: subject.granularity, allocation: subject.allocation)
    let prunable = try plain.prunable(among: full, structure: structure)
    _ = try plain.quota(for: prunable.layers, target: .sparsity(subject.sparsity))
    var measured = Measured(subject, threads: threads)
    var cuts: [Cut] = []
    var refused: [(criterion: Criterion, reason: String)] = []
    for criterion in criteria {
      begin(criterion)
      let pruner = Pruner(
        criterion: criterion, granularity: subject.granularity, allocation: subject.allocation)
      do {
        try pruner.checkCompatibility(with: regimen.model.layers, structure: structure)
        var (evidence, waited) = try measured.evidence(pruner.needs.evidence)
        let sensitivity = pruner.needs.sensitivity ? try measured.sensitivity(structure) : nil
        waited += sensitivity?.seconds ?? 0
        let watch = Stopwatch()
        let probes = EvidenceProbes(regimen, threads: threads)
        let pruning = try pruner.prune(
          ScoringContext(
            weights: subject.parameters, masks: full, initialWeights: regimen.initialParameters(draw: 0),
            seed: regimen.seedBits, structure: structure, evidence: evidence,
            sensitivity: sensitivity?.found, statistics: subject.buffers),
          structure: structure, to: .sparsity(subject.sparsity)
        ) { evidence, parameters, masks in
          try subject.scoring.measure(
            evidence, regimen, by: probes, parameters, subject.buffers, masks: masks, check: {})
        }
        let seconds = waited + watch.elapsed
        let masks = pruning.masks
        let evaluation = try Meter(regimen, masks: masks, threads: threads).evaluation(
          pruning.weights ?? masks.applied(to: subject.parameters), pruning.statistics ?? subject.buffers,
          step: 0, isLast: false)
        cuts.append(
          Cut(
            criterion: criterion, masks: masks.filter { prunable.names.contains($0.name) },
            sparsity: pruning.report.sparsity, ties: pruning.report.ties, evaluation: evaluation,
            seconds: seconds))
      } catch let error as PruningError {
        refused.append((criterion, "\(error)"))
      } catch let error as TraceError {
        refused.append((criterion, "\(error)"))
      }
    }
    (self.cuts, self.refused) = (cuts, refused)
  }

  /// How much the masks of two cuts have in common.
  package func agreement(_ one: Int, _ other: Int) -> MaskAgreement? {
    MaskAgreement(cuts[one].masks, cuts[other].masks)
  }
}

/// Evidence that was measured, each once, and how long it took.
private struct Measured {
  let subject: CriteriaComparison.Subject
  let threads: Int
  private var known: [Evidence: (values: ParameterSet, seconds: Double)] = [:]
  private var layers: (found: LayerSensitivity, seconds: Double)?

  init(_ subject: CriteriaComparison.Subject, threads: Int) {
    (self.subject, self.threads) = (subject, threads)
  }

  /// All of these, and the seconds that it takes to measure them.
  mutating func evidence(_ wanted: [Evidence]) throws -> ([(Evidence, ParameterSet)], seconds: Double) {
    let found = try wanted.map { ($0, try measure($0)) }
    return (found.map { ($0, $1.values) }, found.reduce(0) { $0 + $1.1.seconds })
  }

  /// The loss with one layer at a time pruned.
  mutating func sensitivity(
    _ structure: NetworkStructure
  ) throws -> (found: LayerSensitivity, seconds: Double) {
    if let known = layers { return known }
    let watch = Stopwatch()
    let found = try subject.scoring.sensitivity(
      subject.regimen, subject.parameters, subject.buffers, masks: nil,
      granularity: subject.granularity.pattern == nil ? subject.granularity : .weight,
      structure: structure, ignoring: subject.allocation.ignoring, threads: threads)
    layers = (found, watch.elapsed)
    return (found, watch.elapsed)
  }

  private mutating func measure(_ evidence: Evidence) throws -> (values: ParameterSet, seconds: Double) {
    if let known = known[evidence] { return known }
    var given: [Evidence: ParameterSet] = [:]
    var waited = 0.0
    for other in evidence.given {
      let found = try measure(other)
      given[other] = found.values
      waited += found.seconds
    }
    let watch = Stopwatch()
    let values = try subject.scoring.measure(
      evidence, subject.regimen, subject.parameters, subject.buffers, masks: nil, threads: threads
    ) { given[$0] ?? ParameterSet() }
    let found = (values, waited + watch.elapsed)
    known[evidence] = found
    return found
  }
}
