/// What comes first comes out first, in a time that grows with the logarithm of how many there are.
struct Heap<Element: Comparable> {
  private var elements: [Element] = []

  /// The least; `nil` where there is none.
  var first: Element? { elements.first }

  /// Puts one in.
  mutating func insert(_ element: Element) {
    elements.append(element)
    var place = elements.count - 1
    while place > 0, elements[place] < elements[(place - 1) / 2] {
      elements.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  /// Takes the least out.
  @discardableResult
  mutating func removeFirst() -> Element? {
    guard let last = elements.popLast() else { return nil }
    guard let least = elements.first else { return last }
    elements[0] = last
    var place = 0
    while true {
      var smallest = place
      for child in [2 * place + 1, 2 * place + 2] where child < elements.count {
        if elements[child] < elements[smallest] { smallest = child }
      }
      if smallest == place { return least }
      elements.swapAt(place, smallest)
      place = smallest
    }
  }
}
