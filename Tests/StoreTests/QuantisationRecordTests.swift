import CoppiceStore
import Testing

@Suite struct QuantisationRecordTests {
  @Test func aWeightTakesTheLeastOfThreeForms() {
    func bytes(_ bits: Int, _ count: Int, _ survivors: Int) -> [Int] {
      var record = QuantisationRecord(bits: bits, zeroedSurvivors: 0)
      record.add(weightOf: count, survivors: survivors, rows: 2)
      return [record.bytes, record.bytesSparse]
    }
    // Two scales of four bytes, and of 8 bits the input's scale and zero point.
    #expect(bytes(8, 100, 100) == [113, 113])
    #expect(bytes(8, 100, 40) == [113, 13 + 40 + 13])
    #expect(bytes(8, 100, 1) == [113, 5 + 13])
    #expect(bytes(4, 101, 101) == [51 + 8, 51 + 8])
    #expect(bytes(4, 100, 3) == [58, 14 + 8])
  }

  @Test func otherArraysTakeFourBytesANumber() {
    var record = QuantisationRecord(bits: 8, zeroedSurvivors: 7)
    record.add(arrayOf: 10, survivors: 10)
    record.add(arrayOf: 10, survivors: 2)
    #expect(record.bytes == 80 && record.bytesSparse == 40 + 10)
  }

  @Test func aStageTellsOfIt() {
    let stage = StageRecord(key: "k", numbers: [("quantisation", [4, 12])])
    #expect(QuantisationRecord(stage) == QuantisationRecord(bits: 4, zeroedSurvivors: 12))
    #expect(QuantisationRecord(StageRecord(key: "k")) == nil)
    #expect(QuantisationRecord(StageRecord(key: "k", numbers: [("quantisation", [4])])) == nil)
  }
}
