import CoppiceStore
import CoppiceTestSupport
import Foundation
import Testing

/// The programs that a researcher opens a summary with. Each test needs its own packages and is skipped
/// without them.
@Suite struct SummaryReaderTests {
  let folder: TemporaryFolder
  let path: String
  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("summary.h5")
    try SummaryFile.write(Samples.summary, to: path)
  }

  static let readers: [(modules: [String], script: String)] = [
    (
      ["h5py"],
      """
      with h5py.File(path) as f:
          assert f.attrs["format"] == "coppice-summary" and f.attrs["format_version"] == "1.2"
          t = f["index"][:]
          assert len(t) == 36 and t["criterion"][0] == b"magnitude" and t["seed"].tolist()[:7] == [1]*6 + [2]
          c = f["cube/test_accuracy"]
          assert [d.keys()[0] for d in c.dims] == ["criterion", "sparsity", "seed"]
          assert list(f["index"].attrs["units"])[:2] == ["", ""]
          assert c.compression == "gzip" and c.shuffle and c.fletcher32
          import json; assert json.loads(f["config/data"].asstr()[()])["command"] == "coppice run sample"
      """
    ),
    (
      ["h5py", "pandas"],
      """
      frame = pandas.DataFrame(h5py.File(path)["index"][:])
      frame["criterion"] = frame["criterion"].str.decode("utf-8")
      final = frame[frame["final"] == 1]
      mean = final.groupby(["criterion", "target_sparsity"])["test_accuracy"].mean()
      assert len(mean) == 8 and abs(mean["magnitude", .5] - .852) < 1e-12, mean
      """
    ),
    (
      ["pandas", "tables"],
      """
      import warnings; warnings.simplefilter("error")
      frame = pandas.read_hdf(path, "index")
      assert len(frame) == 36 and frame["learning_rate"].unique().tolist() == [.1], frame
      assert frame["rewind_step"].tolist()[:4] == [-1, -1, -1, 500]
      """
    ),
    (["xarray", "h5netcdf"], xarray("h5netcdf")),
    (["xarray", "netCDF4"], xarray("netcdf4")),
    (
      ["nexusformat"],
      """
      from nexusformat.nexus import nxload
      f = nxload(path)
      d = f.get_default()
      assert d.nxname == "test_accuracy" and d.nxclass == "NXdata", d
      assert d.nxsignal.nxname == "magnitude_one-shot" and d.nxaxes[0].nxname == "density"
      assert d.nxsignal.nxdata.tolist() == [.9, .8, .7] and d.nxerrors.nxdata.tolist() == [.01, .02, .03]
      assert d.attrs["auxiliary_signals"] == "random_one-shot", d.attrs
      """
    ),
  ]

  private static func xarray(_ engine: String) -> String {
    """
    cube = xarray.open_dataset(path, engine="\(engine)", group="cube")
    assert cube["test_accuracy"].dims == ("criterion", "sparsity", "seed"), cube
    cell = cube["test_accuracy"].sel(criterion="random", sparsity=.5)
    assert abs(float(cell.mean("seed")) - .852) < 1e-12, cell
    assert cube["wall_time"].attrs["units"] == "s"
    assert int(cube["test_accuracy"].isnull().sum()) == 0
    ladders = xarray.open_dataset(path, engine="\(engine)", group="ladders")
    assert ladders["test_accuracy"].dims == ("criterion", "round", "seed"), ladders
    curve = xarray.open_dataset(path, engine="\(engine)", group="curve/test_accuracy")
    assert curve["magnitude_one-shot"].dims == ("density",)
    """
  }

  @Test(arguments: readers.indices) func opensTheSummary(index: Int) throws {
    let (modules, script) = Self.readers[index]
    guard let python = Python.interpreter(with: modules) else {
      print("skipped: no Python with \(modules.joined(separator: ", ")) is found (set COPPICE_PYTHON)")
      return
    }
    let header = "import " + modules.joined(separator: ", ") + "\npath = \"\(path)\"\n"
    let outcome = try #require(Python.run(python, ["-c", header + script]))
    #expect(outcome.status == 0, "\(modules): \(outcome.output)")
  }

  @Test func h5lsListsTheSummary() throws {
    guard let outcome = Python.run("h5ls", ["-r", path]) else {
      print("skipped: h5ls is not found (package hdf5-tools)")
      return
    }
    #expect(outcome.status == 0)
    let lines = outcome.output.split(separator: "\n").map {
      $0.split(separator: " ", omittingEmptySubsequences: true)
    }
    let listing = lines.map {
      $0.prefix(2).joined(separator: " ") + " " + $0.dropFirst(2).joined(separator: " ")
    }
    for line in [
      "/index Dataset {36/Inf}", "/cube/test_accuracy Dataset {2, 2, 6, 3}", "/cube/criterion Dataset {2}",
      "/curve/test_accuracy/density Dataset {3}", "/config/data Dataset {SCALAR}",
      "/curve/test_accuracy/magnitude_one-shot_errors Dataset {3}",
    ] { #expect(listing.contains(line), "\(line) is missing in\n\(outcome.output)") }
  }
}
