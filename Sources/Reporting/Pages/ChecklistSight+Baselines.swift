import CoppiceStore
import CoppiceTerms

/// What is compared with what, and how often.
extension ChecklistSight {
  // MARK: Baselines

  var denseBaseline: Answer {
    let dense = curves.baselines.flatMap(\.cells).flatMap(\.rows)
    let missing = Set(pruned.map(\.seed)).subtracting(dense.map(\.seed)).sorted()
    guard !dense.isEmpty else { return (false, "there is no dense network") }
    return missing.isEmpty
      ? (true, "\(named(curves.baselines.count, "dense baseline")), paired by seed")
      : (false, "no dense network of seed \(missing.map(String.init).joined(separator: ", "))")
  }

  /// Controls in which chance chooses what goes.
  private static let randomControls: Set = ["random-mask", "random-mask-total", "shuffled-mask"]

  var randomBaseline: Answer {
    let criteria = pruned.contains { name(of: $0.criterion) == "random" }
    let controls = Set(pruned.map { name(of: $0.control) }).intersection(Self.randomControls).sorted()
    let found = (criteria ? ["the criterion random"] : []) + controls.map { "the control \($0)" }
    return found.isEmpty
      ? (false, "no network is pruned at random") : (true, found.joined(separator: ", "))
  }

  var magnitudeBaseline: Answer {
    let rows = pruned.filter { name(of: $0.criterion) == "magnitude" && $0.control == "none" }
    guard !rows.isEmpty else { return (false, "no network is pruned by magnitude") }
    let allocations = Set(rows.map(\.allocation)).sorted().joined(separator: ", ")
    return (true, "magnitude, allocated \(allocations)")
  }

  var otherMethods: Answer {
    let names = Set(pruned.map { name(of: $0.criterion) } + pruned.map { name(of: $0.dynamics) })
      .subtracting(["random", "magnitude", "none", ""]).sorted()
    return names.isEmpty
      ? (false, "nothing but magnitude and random pruning is compared")
      : (true, names.joined(separator: ", "))
  }

  // MARK: Statistics

  /// How many seeds a point should have.
  private static let fewestSeeds = 3

  var seeds: Answer {
    let counts = cells.map { $0.sample(Self.accuracy).count }
    guard let least = counts.min(), let most = counts.max() else { return (false, Self.nothingPruned) }
    return (least >= Self.fewestSeeds, "n = \(least == most ? "\(least)" : "\(least) to \(most)")")
  }

  var errorBars: Answer {
    let without = cells.count { Band.ci95.bounds(of: $0.sample(Self.accuracy)) == nil }
    if cells.isEmpty { return (false, Self.nothingPruned) }
    return without == 0
      ? (true, "mean and \(Band.ci95.name ?? "band") over seeds at every point")
      : (false, "\(without) of \(cells.count) points have too few seeds for an interval")
  }

  /// Two networks are one where these agree to the bit.
  private static let compared: [Metric] = [.validationLoss, .testLoss, .testAccuracy]

  var sameStart: Answer {
    func key(_ row: IndexRow) -> [UInt64] {
      [UInt64(bitPattern: Int64(row.seed))] + Self.compared.map { row[metric: $0].bitPattern }
    }
    let starts = pruned.filter { $0.round == 0 && $0.density == 1 }
    guard !starts.isEmpty else { return (false, "no trial has a row of the network it starts from") }
    let dense = Set(rows.filter(\.isDense).map(key))
    guard !dense.isEmpty else {
      // Without dense trials, those of one seed must start alike.
      let networks = Set(starts.map(key)).count
      let seeds = Set(starts.map(\.seed)).count
      return (
        networks == seeds,
        "\(named(starts.count, "trial")) of \(named(seeds, "seed")) start from \(named(networks, "network"))"
      )
    }
    let others = starts.count { !dense.contains(key($0)) }
    return others == 0
      ? (true, "\(named(starts.count, "trial")) start from the dense network of their seed, equal to the bit")
      : (
        false,
        "\(others) of \(named(starts.count, "trial")) start from another network than the dense one of their seed"
      )
  }

  var heldOut: Answer {
    let measured = rows.allSatisfy {
      $0[metric: .validationAccuracy].isFinite || $0[metric: .validationLoss].isFinite
        || $0.status != .completed
    }
    guard measured, !rows.isEmpty else { return (false, "no part of the data is held out for selection") }
    let sizes = Set(trials.compactMap { $0["dataset"]?["validation"]?.text }).sorted()
    return (
      true,
      (sizes.isEmpty ? "" : "\(sizes.joined(separator: ", ")) examples of the training data are held out; ")
        + "early stopping looks at the validation loss, never at the test set"
    )
  }

  var askedAndAchieved: Answer {
    let both = pruned.filter { $0.requestedSparsity.isFinite && $0.sparsity.isFinite }
    guard !both.isEmpty else { return (false, "no sparsity was asked for") }
    let largest = both.map { abs($0.requestedSparsity - $0.sparsity) }.max() ?? 0
    guard both.count == pruned.count else {
      return (false, "\(pruned.count - both.count) of \(pruned.count) rows lack one of the two")
    }
    return (true, "they differ by at most \(NumberText.trimmed(largest * 100, decimals: 3)) points")
  }

  var accounted: Answer {
    let trials = Set(rows.map(\.trial)).count
    let unfinished = Set(rows.filter { !$0.status.isFinished }.map(\.trial)).count
    let lost = [TrialStatus.collapsed, .diverged].compactMap { status in
      let count = Set(rows.filter { $0.status == status }.map(\.trial)).count
      return count > 0 ? "\(count) \(status.rawValue)" : nil
    }
    let words =
      "\(named(trials, "trial"))" + (lost.isEmpty ? "" : ", of which \(lost.joined(separator: ", "))")
    return unfinished == 0 ? (true, words) : (false, words + ", \(unfinished) not finished")
  }
}
