extension TrainingRun {
  /// Draws a mask, where one is due, and lets the stop rule look at how far it is from those before.
  mutating func draw() throws {
    guard let drawing = stage.drawing, drawing.isDue(trainer.step) else { return }
    do {
      let mask = try drawing.mask(of: trainer.parameters, regimen)
      let distances = drawn.add(mask, at: trainer.step, memory: drawing.memory)
      guard let reason = drawing.rule.reason(at: distances) else { return }
      stopped = "\(drawing.rule.name) after step \(trainer.step): \(reason)"
    } catch {
      // A network that the last step has spoilt has no scores; then it is the training that has failed.
      guard Self.isOfSpoiltNetwork(error), try noteDivergence(evaluation(isLast: false)) else { throw error }
    }
  }
}
