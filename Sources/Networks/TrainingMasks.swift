import CoppiceTensors

/// The masks of a training, parameter by parameter. *Active* weights take part in the forward pass, *trained* ones are moved by the
/// optimizer. Where both masks of a parameter are equal they are one mask, and what it removes is 0 throughout.
struct TrainingMasks {
  /// The mask of each parameter that has one.
  private(set) var one = MaskSet()
  /// Of a parameter with two masks, which weights are active.
  private(set) var active = MaskSet()
  /// Of a parameter with two masks, which weights are trained.
  private(set) var trained = MaskSet()

  /// The masks of a network's parameters.
  ///
  /// - Parameters:
  ///   - active: a parameter that is not named here is active throughout.
  ///   - trained: a parameter that is not named here is trained where it is active.
  init(_ network: Network, active: MaskSet?, trained: MaskSet?) {
    for declaration in network.declarations {
      let name = declaration.name
      guard active?[name] != nil || trained?[name] != nil else { continue }
      let isActive = active?[name] ?? Mask(keepingAll: declaration.shape)
      let isTrained = trained?[name] ?? isActive
      if isActive == isTrained {
        one[name] = isActive
      } else {
        (self.active[name], self.trained[name]) = (isActive, isTrained)
      }
    }
  }
}
