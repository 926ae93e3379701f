import CoppiceTensors

/// The outputs of one stage, or the state from which an interrupted one goes on. All numbers keep their bits.
package struct StageRecord: Sendable {
  /// The stage's key, in hexadecimal.
  package var key: String
  /// How the stage ended.
  package var outcome: StageOutcome
  /// What else there is to say, as JSON.
  package var metadata: String
  /// Sets of arrays by name, in order: weights, optimizer state, scores.
  package var parameters: [(name: String, values: ParameterSet)]
  /// Sets of masks by name, in order.
  package var masks: [(name: String, values: MaskSet)]
  /// Plain numbers by name, in order: counters, running products.
  package var numbers: [(name: String, values: [Double])]
  package var series: Series
  package var evaluations: [Evaluation]
  /// What the stage's network costs, layer by layer.
  package var layers: [LayerRecord]
  /// What came of what must hold while it is made.
  package var invariants: [InvariantRecord]
  /// What an analysis gave.
  package var tables: [NamedTable]

  /// A record of these parts.
  package init(
    key: String, outcome: StageOutcome = .made, metadata: String = "{}",
    parameters: [(name: String, values: ParameterSet)] = [], masks: [(name: String, values: MaskSet)] = [],
    numbers: [(name: String, values: [Double])] = [], series: Series = Series(),
    evaluations: [Evaluation] = [], layers: [LayerRecord] = [], invariants: [InvariantRecord] = [],
    tables: [NamedTable] = []
  ) {
    (self.key, self.outcome, self.metadata) = (key, outcome, metadata)
    (self.parameters, self.masks, self.numbers) = (parameters, masks, numbers)
    (self.series, self.evaluations) = (series, evaluations)
    (self.layers, self.invariants, self.tables) = (layers, invariants, tables)
  }

  /// The set of arrays of that name.
  package subscript(parameters name: String) -> ParameterSet? { parameters.first { $0.name == name }?.values }
  /// The set of masks of that name.
  package subscript(masks name: String) -> MaskSet? { masks.first { $0.name == name }?.values }
  /// The numbers of that name.
  package subscript(numbers name: String) -> [Double]? { numbers.first { $0.name == name }?.values }
  /// The table of that name.
  package subscript(table name: String) -> NamedTable? { tables.first { $0.name == name } }
}
