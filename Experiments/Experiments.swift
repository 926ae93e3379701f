import Coppice

/// The shipped experiments, one line each.
public enum Experiments {
  /// In the order they are listed.
  public static let all: [Experiment] = [
    .quickstart, .lotteryLenetMNIST, .filtersLenet5, .ticketInduction, .allocationsGlyphs,
    .patternsLenet5, .criteriaLenet5, .criteriaResnet20, .hanLenet, .collapseLenet5,
    .causalShakespeare, .lotteryConv2, .rewindResnet20, .relevanceLenet5, .dynamicsLenetMNIST,
    .supermasksMNIST, .sanityLenetMNIST, .signsLenetMNIST, .headsInduction, .movementSST2,
    .rewindingLenetMNIST, .masksMNIST, .repairsLenet5, .repairsResnet20, .earlyBirdMNIST, .gatesInduction,
    .secondOrderMLP, .practiceLenet5, .widthsLenet5, .awareLenet5, .headsSST2, .sizesResnet50,
    .sizesMobileNetV2, .sizesDistilBERT, .sentimentSST2, .filtersCIFAR10, .workflowLenet5,
    .combinationLenet5, .combinationResnet20, .combinationSST2, .connectivityLenetMNIST,
  ]
}
