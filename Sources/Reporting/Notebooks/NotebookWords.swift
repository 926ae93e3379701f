/// What a notebook says above its cells.
enum NotebookWords {
  static let rows = """
    ## The rows

    `/index` is a table with one row for every trial and round. A trial is one cell of the sweep with one seed; round *k* has
    seen *k* prunings. Sparsities and accuracies are fractions; a missing number is NaN, a missing whole number −1.
    """

  static let curves = """
    ## The curves

    Trials that differ in nothing but seed and sparsity are one curve. A curve is made of the final rows where trials were
    asked for several sparsities, and of all rounds of the ladder where they were asked for one; never of both. Trials that
    were asked for no sparsity are the dense networks; where there are none, the ladders' rounds 0 are.
    """

  static let table = """
    ## The table

    Mean over seeds ± half the width of its 95 % confidence interval (Student *t*), and the difference to the dense network
    of as many steps, paired by seed, which takes the spread of the seeds out. `n` says how many seeds have a value, `ended`
    how many trials collapsed, diverged or failed at that point.
    """

  static let figure = """
    ## The figure

    Weights remaining on a logarithmic axis from 100 % down; the mean, and the band that `band` names; dashed lines are dense
    networks. A point without all its seeds is drawn open, and one without any is a gap. Where there are more curves than can be
    told apart, they are drawn in several figures.
    """

  static let early = """
    ## When training could stop

    Of ladders, the step of the lowest validation loss, and the test accuracy there: the lottery-ticket papers' measure of how
    fast a network learns.
    """

  static let analyses = """
    ## Analyses

    What the experiment's analyses found, each with the first rows of its table and drawn as it says itself. Bands go from the least to
    the greatest value: pairs of trials are not independent, and an interval would promise too much.
    """

  static let trial = """
    ## One trial

    What is left of one network, if its file lies beside the summary: the masks, the weights that each pixel of the input keeps, and the
    weights that survive beside those that training began with.
    """

  static let classes = """
    ## Classes

    The test accuracy of each class in that trial, before the first pruning and at the end: the mean may hide what one class loses.
    """

  static let cube = """
    ## Labelled arrays

    `/cube` holds the same results as arrays by condition, sparsity and seed, `/ladders` the rounds of ladders, `/dense` the dense
    networks. xarray reads them with their labels.
    """
}
