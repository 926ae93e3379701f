import Coppice

/// The shipped experiments, one line each.
public enum Experiments {
  /// In the order they are listed.
  public static let all: [Experiment] = [
    .quickstart, .lotteryLenetMNIST, .filtersLenet5, .ticketInduction, .allocationsGlyphs,
    .patternsLenet5, .rewindingLenetMNIST,
  ]
}
