import CoppiceHDF5
import CoppiceTestSupport
import Testing

/// Files go both ways between us and h5py, where Python has it.
@Suite(
  .enabled(if: Python.interpreter(with: ["h5py", "numpy"]) != nil, "Python with h5py and numpy is not found"))
struct HDF5PythonTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  @Test func h5pyReadsWhatWeWrite() throws {
    let path = folder.file("a.h5")
    let draft = try HDF5Draft(path)
    try draft.root.setAttribute("title", "Erdős")
    try draft.root.setAttribute("names", .texts(["a", "b"]))
    let scale = try draft.root.write("seed", [Int64(3), 4, 5])
    try scale.makeScale("seed")
    let data = try draft.root.write(
      "accuracy", [Float(1), 2, 3, 4, 5, 6], shape: [2, 3], storage: .compressed([2, 3]))
    let criterion = try draft.root.write("criterion", texts: ["magnitude", "random"])
    try criterion.makeScale("criterion")
    try data.attachScales([criterion, scale])
    try draft.root.write(
      "table",
      HDF5Table([
        .init("name", .text(["x", "yz"])), .init("n", .int64([1, 2])), .init("v", .float32([0, 1])),
      ]))
    try draft.commit()
    try expectSuccess(
      """
      import h5py, numpy as np
      with h5py.File("\(path)") as f:
          assert f.attrs["title"] == "Erdős" and list(f.attrs["names"]) == ["a", "b"]
          d = f["accuracy"]
          assert d.dtype == "<f4" and d.compression == "gzip" and d.shuffle and d.fletcher32
          assert (d[:] == [[1, 2, 3], [4, 5, 6]]).all()
          assert d.dims[1][0][:].tolist() == [3, 4, 5] and d.dims[0].keys() == ["criterion"]
          assert f["criterion"].asstr()[:].tolist() == ["magnitude", "random"]
          t = f["table"]
          assert t.dtype == np.dtype([("name", "S2"), ("n", "<i8"), ("v", "<f4")]), t.dtype
          assert t[1].tolist() == (b"yz", 2, 1.0) and t.maxshape == (None,)
      with h5py.File("\(path)", "a") as f:
          f["accuracy"][0, 0] = 9
      """)
    // h5py cuts the seal off, so the file is foreign now.
    #expect(throws: HDF5Error.self) { _ = try HDF5File(path) }
    let changed = try HDF5File(path, isForeign: true).root.dataset("accuracy")
    #expect(try changed.read(Float.self) == [9, 2, 3, 4, 5, 6])
  }

  @Test func weReadWhatH5pyWrites() throws {
    let path = folder.file("b.h5")
    try expectSuccess(
      """
      import h5py, numpy as np
      with h5py.File("\(path)", "w") as f:
          f.attrs.update(dict(fixed=np.bytes_("ab"), text="c", n=np.int32(7), x=np.float32(.5), v=[1, 2.5]))
          f["big"] = np.arange(3, dtype=">f4")
          f["fixed"] = np.array(["ab", "c"], dtype="S2")
          f["half"] = np.zeros(2, dtype="f2")
          f["flag"] = np.array([True])
          f.create_dataset("huge", (1 << 40,), dtype="f4", chunks=(1024,))
          f["t"] = np.array([(1, 2.5, b"q")], dtype=np.dtype([("a", "i4"), ("b", ">f8"), ("c", "S4")], align=True))
          f["h"] = np.array([(1,)], dtype=[("a", "i2")])
      """)
    let root = try HDF5File(path, isForeign: true).root
    #expect(try root.attribute("fixed") == "ab")
    #expect(try root.attribute("text") == "c")
    #expect(try root.attribute("n") == 7)
    #expect(try root.attribute("x") == .float(0.5))
    #expect(try root.attribute("v") == .numbers([1, 2.5]))
    #expect(try root.dataset("big").read(Float.self) == [0, 1, 2])
    #expect(try root.dataset("fixed").readTexts() == ["ab", "c"])
    #expect(try root.dataset("half").content == .other("float16"))
    #expect(throws: HDF5Error.self) { _ = try root.dataset("flag").read(UInt8.self) }
    let huge = #expect(throws: HDF5Error.self) { _ = try root.dataset("huge").read(Float.self) }
    #expect(huge?.message.contains("more than the file can hold") == true)
    let table = HDF5Table([.init("a", .int32([1])), .init("b", .float64([2.5])), .init("c", .text(["q"]))])
    #expect(try root.dataset("t").readTable() == table)
    let column = #expect(throws: HDF5Error.self) { _ = try root.dataset("h").readTable() }
    #expect(column?.message.contains("column a holds int16") == true)
  }

  private func expectSuccess(_ script: String) throws {
    let python = try #require(Python.interpreter(with: ["h5py", "numpy"]))
    let outcome = try #require(Python.run(python, ["-c", script]))
    #expect(outcome.status == 0, "\(outcome.output)")
  }
}
