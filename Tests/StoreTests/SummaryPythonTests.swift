import CoppiceStore
import CoppiceTestSupport
import Testing

/// Summaries are opened by xarray, without a warning.
@Suite(
  .enabled(if: Python.interpreter(with: ["xarray", "netCDF4"]) != nil, "Python with xarray and netCDF4"))
struct SummaryPythonTests {
  @Test func cubesAreAskedForWhatWasAskedFor() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("summary.h5")
    var rows = (1...3).map { seed in Samples.row(target: 0, seed: seed, round: 0) } + Samples.rows
    for target in [0.875, 0.9375] {
      for criterion in ["magnitude", "random"] {
        for seed in 1...3 {
          var row = Samples.row(criterion: criterion, target: target, seed: seed)
          row.sparsity += 6e-6
          rows.append(row)
        }
      }
    }
    try SummaryFile.write(
      Summary(experiment: "e", configuration: "{}", provenance: "{}", rows: rows), to: path)
    let python = try #require(Python.interpreter(with: ["xarray", "netCDF4"]))
    let script = """
      import warnings
      warnings.simplefilter("error")
      import xarray
      path = "\(path)"
      cube = xarray.open_dataset(path, group="cube", engine="netcdf4")
      assert dict(cube.sizes) == {"criterion": 2, "sparsity": 5, "seed": 3}, cube.sizes
      one = cube.sel(sparsity=0.875, criterion="random", seed=2)
      assert abs(float(one.achieved_sparsity) - 0.875006) < 1e-9
      assert cube.sel(sparsity=[0.875, 0.9375]).test_accuracy.mean("seed").shape == (2, 2)
      assert not cube.test_accuracy.isnull().any()
      assert cube.test_accuracy.attrs["long_name"] == "test accuracy" and "units" in cube.wall_time.attrs
      ladders = xarray.open_dataset(path, group="ladders", engine="netcdf4")
      assert dict(ladders.sizes) == {"criterion": 2, "round": 3, "seed": 3}, ladders.sizes
      assert abs(float(ladders.requested_sparsity.sel(round=2, criterion="random", seed=1)) - 0.36) < 1e-9
      dense = xarray.open_dataset(path, group="dense", engine="netcdf4")
      assert dict(dense.sizes) == {"seed": 3}, dense.sizes
      """
    let outcome = try #require(Python.run(python, ["-W", "ignore", "-c", script]))
    #expect(outcome.status == 0, "\(outcome.output)")
  }
}
