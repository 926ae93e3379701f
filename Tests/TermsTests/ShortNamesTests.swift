import CoppiceTerms
import Testing

@Suite struct ShortNamesTests {
  @Test func abbreviationsLeadToNames() {
    let settings = ["model", "learning-rate", "batch-size", "sparsity"]
    #expect(settings.nearest(to: "lr") == "learning-rate")
    #expect(settings.nearest(to: "LR") == "learning-rate")
    #expect(settings.nearest(to: "bs") == "batch-size")
    #expect(settings.nearest(to: "wd") == nil, "weight decay is no setting")
    #expect(["iterative", "lottery-ticket"].nearest(to: "imp") == "lottery-ticket")
    #expect(["one-shot", "iterative"].nearest(to: "imp") == "iterative")
    #expect(["models", "learning-rates"].nearest(to: "lr") == "learning-rates", "what is meant, nearly")
    #expect("wd".meanings == ["weight-decay"] && "model".meanings.isEmpty)
  }

  @Test func aNameThatIsThereIsNearest() {
    #expect(["rewind", "lrr"].nearest(to: "lr") == "lrr")
  }
}
