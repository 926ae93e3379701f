import CoppicePruning

/// Takes the cells of a sweep to more cells: what the lines of a sweep are made of.
public struct SweepStep: Sendable {
  let expand: @Sendable ([Trial]) throws -> [Trial]

  /// A step of one's own.
  public init(expand: @escaping @Sendable ([Trial]) throws -> [Trial]) { self.expand = expand }
}

/// A setting and the values it takes: every cell so far is taken with each of them.
///
/// ```swift
/// Axis(\.criterion, [.magnitude, .random])
/// Axis(\.seed, 0..<3)
/// ```
public struct Axis: Sendable {
  let name: String
  let count: Int
  let set: @Sendable (inout Trial, Int) -> Void

  /// The setting at `path` with each of these values.
  public init<Value: Sendable>(_ path: WritableKeyPath<Trial, Value> & Sendable, _ values: [Value]) {
    name = Settings.name(of: path)
    count = values.count
    set = { trial, index in trial[keyPath: path] = values[index] }
  }

  /// The setting at `path` with each value of a range or another sequence: `Axis(\.seed, 0..<5)`.
  public init<Values: Sequence>(
    _ path: WritableKeyPath<Trial, Values.Element> & Sendable, _ values: Values
  ) where Values.Element: Sendable {
    self.init(path, Array(values))
  }

  /// An optional setting with each of these values: `Axis(\.sparsity, [0.5, 0.9])`.
  public init<Value: Sendable>(_ path: WritableKeyPath<Trial, Value?> & Sendable, _ values: [Value]) {
    name = Settings.name(of: path)
    count = values.count
    set = { trial, index in trial[keyPath: path] = values[index] }
  }

  var step: SweepStep {
    SweepStep { cells in
      guard count > 0 else { throw ExperimentError.emptyAxis(name) }
      return cells.flatMap { cell in
        (0..<count).map { index in
          var cell = cell
          set(&cell, index)
          return cell
        }
      }
    }
  }
}

/// One value of a setting, in every cell.
public struct Fix: Sendable {
  let axis: Axis

  /// The setting at `path` with this value.
  public init<Value: Sendable>(_ path: WritableKeyPath<Trial, Value> & Sendable, _ value: Value) {
    axis = Axis(path, [value])
  }
}

/// Axes of one length that go together, first with first, second with second.
public struct Zip: Sendable {
  let axes: [Axis]

  /// These axes side by side.
  public init(_ axes: Axis...) { self.axes = axes }

  var step: SweepStep {
    SweepStep { cells in
      let counts = Set(axes.map(\.count))
      guard counts.count == 1, let count = counts.first else {
        throw ExperimentError.unequalZip(axes.map { "\($0.name) has \($0.count)" })
      }
      guard count > 0 else { throw ExperimentError.emptyAxis(axes.map(\.name).joined(separator: ", ")) }
      return cells.flatMap { cell in
        (0..<count).map { index in
          axes.reduce(into: cell) { cell, axis in axis.set(&cell, index) }
        }
      }
    }
  }
}

/// Keeps only the cells that satisfy a condition.
public struct Where: Sendable {
  let isKept: @Sendable (Trial) -> Bool

  /// Keeps the cells for which `isKept` is true.
  public init(_ isKept: @escaping @Sendable (Trial) -> Bool) { self.isKept = isKept }
}

/// Builds a sweep from lines. Lines multiply: each takes all cells so far with all its values. A `for` adds up: the cells of
/// its rounds stand side by side. An `if` applies its lines or none.
@resultBuilder public enum SweepBuilder {
  /// Every cell with each value of the axis.
  public static func buildExpression(_ axis: Axis) -> SweepStep { axis.step }
  /// Every cell with the one value.
  public static func buildExpression(_ fix: Fix) -> SweepStep { fix.axis.step }
  /// Every cell with each set of values.
  public static func buildExpression(_ zip: Zip) -> SweepStep { zip.step }
  /// The cells that satisfy the condition.
  public static func buildExpression(_ condition: Where) -> SweepStep {
    SweepStep { $0.filter(condition.isKept) }
  }
  /// A step of one's own.
  public static func buildExpression(_ step: SweepStep) -> SweepStep { step }
  /// One line after the other.
  public static func buildBlock(_ steps: SweepStep...) -> SweepStep {
    SweepStep { cells in try steps.reduce(cells) { try $1.expand($0) } }
  }
  /// The lines of an `if`, or none.
  public static func buildOptional(_ step: SweepStep?) -> SweepStep { step ?? SweepStep { $0 } }
  /// The lines of an `if` with an `else`.
  public static func buildEither(first step: SweepStep) -> SweepStep { step }
  /// The lines of an `else`.
  public static func buildEither(second step: SweepStep) -> SweepStep { step }
  /// The cells of every round of a `for`, side by side.
  public static func buildArray(_ steps: [SweepStep]) -> SweepStep {
    SweepStep { cells in try steps.flatMap { try $0.expand(cells) } }
  }
}
