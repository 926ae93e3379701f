import CoppiceTerms

extension Criterion: Catalogued {
  /// The criteria that are shipped, in the order they are listed.
  public static let catalogue = Catalogue<Criterion>(
    "criterion",
    [
      .magnitude,
      .random,
      .taylor,
      .snip,
      .fisher,
      .wanda,
      .lamp,
      .geometricMedian,
      .networkSlimming,
      .smallFinal,
      .largeInit,
      .smallInit,
      .largeInitLargeFinal,
      .smallInitSmallFinal,
      .magnitudeIncrease,
      .movement,
      .largeFinalSameSign,
      .largeFinalDiffSign,
      .magnitudeIncreaseSameSign,
      .gradientMagnitude,
      .taylorSquared,
      .taylorGate,
      .taylorActivation,
      .grasp,
      .synflow,
      .headImportance,
      .optimalBrainDamage,
      .woodFisher,
      .sparseGPT,
      .chita,
      .meanActivation,
      .apoz,
      .deadNeurons,
      .relevance,
      .merge,
    ])
}

/// Another name of `Criterion`, for what is shipped: `Criteria.all`.
public typealias Criteria = Criterion
