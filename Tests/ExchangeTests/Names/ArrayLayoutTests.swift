import CoppiceExchange
import CoppiceTensors
import Testing

/// Layouts of other libraries, held against what their indices say.
@Suite struct ArrayLayoutTests {
  private func counted(_ shape: Shape) -> Tensor { Tensor(shape, (0..<shape.count).map(Float.init)) }

  @Test func aTransposedMatrix() {
    let own = counted([2, 3])
    let there = ArrayLayout.transposed.foreign(own)
    #expect(there == Tensor([3, 2], [0, 3, 1, 4, 2, 5]))
    #expect(ArrayLayout.transposed.own(there, [2, 3]) == own)
  }

  @Test func aConvolutionWithItsChannelsLast() {
    let own = counted([2, 3, 4, 5])
    let there = ArrayLayout.channelsLast.foreign(own)
    #expect(there.shape == [4, 5, 3, 2])
    for (o, i) in [(0, 0), (1, 2), (1, 0)] {
      for (y, x) in [(0, 0), (3, 4), (2, 1)] {
        #expect(there.scalars[((y * 5 + x) * 3 + i) * 2 + o] == own.scalars[((o * 3 + i) * 4 + y) * 5 + x])
      }
    }
    #expect(ArrayLayout.channelsLast.own(there, own.shape) == own)
  }

  @Test func aLinearLayerBehindAFlattenedImage() {
    // Two units over three channels of four places.
    let own = counted([2, 12])
    let layout = ArrayLayout.flattenedChannelsLast(channels: 3)
    let there = layout.foreign(own)
    #expect(there.shape == [12, 2])
    for unit in 0..<2 {
      for channel in 0..<3 {
        for place in 0..<4 {
          #expect(
            there.scalars[(place * 3 + channel) * 2 + unit] == own.scalars[unit * 12 + channel * 4 + place])
        }
      }
    }
    #expect(layout.own(there, own.shape) == own)
  }

  @Test func whatHasNoSuchLayout() {
    #expect(ArrayLayout.transposed.foreign([3]) == nil)
    #expect(ArrayLayout.channelsLast.foreign([3, 2]) == nil)
    #expect(ArrayLayout.flattenedChannelsLast(channels: 5).foreign([2, 12]) == nil)
    #expect(ArrayLayout.same.foreign([3]) == [3])
  }
}
